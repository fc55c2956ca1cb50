import './register.ts';

export { Board, cellCount, columnCount, type Player, rowCount } from './board.ts';
export { type BookEntry, decodeBook, encodeBook, readBook } from './book-file.ts';
export { ConnectFourEnv, type ConnectFourOptions, connectFourOptionNames } from './connect-four-env.ts';
export { type Agent, type AgentObservation, agents, ConnectFourGame, type LastResult } from './connect-four-game.ts';
export { drawBoard } from './draw-board.ts';
export { hintOf } from './hint.ts';
export {
  buildOutcomeBook,
  decodeOutcomeBook,
  encodeOutcomeBook,
  type OutcomeBook,
  readOutcomeBook,
} from './outcome-book.ts';
export { type PlayOptions, type PlayResult, playConnectFour } from './play.ts';
export { type PlayOpponent, playOpponents } from './play-opponent.ts';
export { type Outcome, Solver, type SolverOptions } from './solver.ts';
export { chooseReply, type Reply, type ReplyOptions } from './stochastic-opponent.ts';
export { walkPositions } from './walk-positions.ts';
