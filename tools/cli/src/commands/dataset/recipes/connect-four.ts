import { makeFromSource } from './from-source.ts';
import type { DatasetRecipe } from './recipe.ts';
import { numberSetting } from './settings.ts';

const transitions = 1_000_000;

/** The data of ESPER and LPT. */
export const connectFourRecipe: DatasetRecipe = {
  name: 'connect-four',
  summary: 'half of the games by a specialist who wins by luck, half by an almost perfect player',
  transitions,
  settings: { epsilon: 0.01, specialistShare: 0.5 },
  async make(request, context) {
    const [{ make }, { Board, Solver }, { connectFourSource }] = await Promise.all([
      import('@understudy/envs'),
      import('@understudy/env-connect-four'),
      import('@understudy/generate'),
    ]);
    const solver = new Solver();
    const env = await make<unknown, unknown>('ConnectFour-v0', { remapIllegalMoves: true, fullBoardIsDraw: true });
    try {
      const epsilon = numberSetting(request.settings, 'epsilon');
      const specialistShare = numberSetting(request.settings, 'specialistShare');
      const bestColumn = (moves: string) => {
        const best = solver.bestColumns(Board.after(moves));
        return 31 - Math.clz32(best & -best);
      };
      const source = connectFourSource({ env, bestColumn, epsilon, specialistShare });
      const metadata = {
        environment: 'ConnectFour-v0',
        algorithm: 'specialist and epsilon-greedy solver',
        epsilon,
        specialistShare,
      };
      return await makeFromSource(this.name, source, request.transitions ?? transitions, metadata, request, context);
    } finally {
      env.close();
    }
  },
};
