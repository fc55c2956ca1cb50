import { register } from '@understudy/gym';
import { ConnectFourEnv, connectFourOptionNames } from './connect-four-env.ts';

register({
  id: 'ConnectFour-v0',
  entryPoint: (options) => new ConnectFourEnv(options),
  maxEpisodeSteps: 50,
  rewardThreshold: 1,
  optionNames: connectFourOptionNames,
  description: {
    task: 'Win Connect Four as the first player against a perfect one that errs in a way that can be exploited.',
    observation:
      "1 where the agent's stones lie, then 1 where the opponent's do, by column from the left and row from the bottom `[2, 7, 6]`.",
    action: 'The column to play: 0 to 6.',
    reward:
      '1 for a win, -1 for a loss or a move into a full column, 0 for a draw and all moves before the end. Ends with the game.',
    origin:
      "The stochastic Connect Four of ESPER (Paster, McIlraith, Ba, *You Can't Count on Luck*, 2022), used by LPT (Kong et al., *Latent Plan Transformer*, 2024).",
    differences:
      "The opponent is a solver of our own. It plays the leftmost best column; where that is the last, a random other one with probability `mistakeProbability`. Moves into full columns lose unless `remapIllegalMoves`, and a four made by the board's last stone wins unless `fullBoardIsDraw`.",
  },
  module: import.meta.url,
});
