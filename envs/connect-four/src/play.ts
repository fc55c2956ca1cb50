import { createInterface } from 'node:readline';
import { InputError } from '@understudy/errors';
import { defaultRng } from '@understudy/random';
import { Board, columnCount, type Player } from './board.ts';
import { Solver } from './solver.ts';

/** Options of {@link playConnectFour}. */
export interface PlayOptions {
  /** Where the moves come from, one line each. */
  input: NodeJS.ReadableStream;
  /** Where the board is drawn. */
  output: NodeJS.WritableStream;
  /** Draws among equally good replies. */
  seed: number;
  /** Who the human is: 0 begins; default 0. */
  human?: Player;
  /** The computer's; by default a new one. */
  solver?: Solver;
}

/** How a game in the terminal ended. */
export interface PlayResult {
  /** Null for a draw, and for a game that was left. */
  winner: Player | null;
  /** Whether the game was played to its end. */
  finished: boolean;
  /** The moves as digits 1 to 7. */
  moves: string;
}

const commands = 'type a column from 1 to 7, "hint", "undo" or "quit"';

/**
 * Plays one game against the solver in a terminal, line by line: a column from 1 to 7, `hint` for what the columns are
 * worth, `undo` to take a move back, `quit` to leave; the end of the input leaves too. What can't be played is said in
 * one line and asked again.
 */
export async function playConnectFour(options: PlayOptions): Promise<PlayResult> {
  const { input, output, seed, human = 0, solver = new Solver() } = options;
  const generator = defaultRng(seed);
  const board = new Board();
  const say = (text: string) => void output.write(`${text}\n`);
  const reply = () => {
    const best = solver.bestMoves(board);
    const column = best[generator.integers(best.length)];
    board.play(column);
    say(`I play ${column + 1}.`);
  };
  if (human === 1) reply();
  say(`You are ${'xo'[human]}; ${commands}.\n\n${board}\n`);
  const lines = createInterface({ input });
  for await (const line of lines) {
    const command = line.trim().toLowerCase();
    if (command === 'quit' || command === 'q') break;
    try {
      takeTurn(command, board, human, solver, say);
    } catch (error) {
      if (!(error instanceof InputError)) throw error;
      say(error.message);
      continue;
    }
    if (!board.isOver && board.player !== human) reply();
    if (command !== 'hint') say(`\n${board}\n`);
    if (board.isOver) break;
  }
  lines.close();
  if (board.isOver) say(verdict(board, human));
  return { winner: board.winner, finished: board.isOver, moves: board.notation };
}

/** @throws InputError for a line that is no command or a move that can't be played. */
function takeTurn(command: string, board: Board, human: Player, solver: Solver, say: (text: string) => void): void {
  if (command === 'hint') {
    say(hint(board, solver));
  } else if (command === 'undo') {
    if (board.stones < human + 2) throw new InputError('There is no move of yours to take back.');
    board.undo();
    board.undo();
  } else {
    if (!/^[1-7]$/.test(command)) throw new InputError(`"${command}" is no move; ${commands}.`);
    const column = Number(command) - 1;
    if (!board.canPlay(column)) throw new InputError(`Column ${command} is full; choose another.`);
    board.play(column);
  }
}

function hint(board: Board, solver: Solver): string {
  const scores = solver.moveScores(board);
  const words = Array.from({ length: columnCount }, (_, column) => `${column + 1} ${outcome(scores[column])}`);
  return words.join(', ');
}

function outcome(score: number | null): string {
  if (score === null) return 'is full';
  return score > 0 ? `wins (+${score})` : score < 0 ? `loses (${score})` : 'draws';
}

function verdict(board: Board, human: Player): string {
  if (board.winner === null) return 'A draw.';
  return board.winner === human ? 'You win.' : 'I win.';
}
