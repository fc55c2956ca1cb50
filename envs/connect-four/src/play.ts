import { createInterface } from 'node:readline';
import { InputError } from '@understudy/errors';
import { defaultRng } from '@understudy/random';
import { Board, columnCount, type Player } from './board.ts';
import { hintOf } from './hint.ts';
import { type PlayOpponent, type Reply, replyOf } from './play-opponent.ts';
import { Solver } from './solver.ts';

/** Options of {@link playConnectFour}. */
export interface PlayOptions {
  /** Where the moves come from: columns and commands, on one line or many. */
  input: NodeJS.ReadableStream;
  /** Where the board is drawn. */
  output: NodeJS.WritableStream;
  /** Draws among equally good replies, mistakes and random moves. */
  seed: number;
  /** Who the human is: 0 begins; default 0. */
  human?: Player;
  /**
   * `solver` plays any best column, `stochastic` like the opponent of `ConnectFour-v0`, `random` any column; default
   * `solver`.
   */
  opponent?: PlayOpponent;
  /** Whether every turn tells what the columns are worth; default false. */
  hints?: boolean;
  /** The computer's; by default a new one. */
  solver?: Solver;
  /** Whether wrong input is asked for again, as from a terminal; by default if `input` is one. Otherwise it throws. */
  interactive?: boolean;
  /** Ends the game early. */
  signal?: AbortSignal;
}

/** How a game ended. */
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
 * Plays one game against the computer: a column from 1 to 7, `hint` for what the columns are worth, `undo` to take a move
 * back, `quit` to leave; the end of the input leaves too.
 *
 * @throws InputError for what is no command or can't be played, unless the input is a terminal: there it is asked again.
 */
export async function playConnectFour(options: PlayOptions): Promise<PlayResult> {
  const { input, signal, interactive = (input as { isTTY?: boolean }).isTTY === true } = options;
  const game = new Game(options);
  game.begin();
  const lines = createInterface({ input, signal });
  try {
    for await (const line of lines) {
      for (const command of line.trim().toLowerCase().split(/\s+/)) {
        if (command === 'quit' || command === 'q') return game.end();
        if (command !== '') game.obey(command, interactive);
        if (game.board.isOver) return game.end();
      }
    }
  } finally {
    lines.close();
  }
  return game.end();
}

class Game {
  readonly board = new Board();
  readonly #human: Player;
  readonly #options: PlayOptions;
  readonly #solver: Solver;
  readonly #reply: () => Reply;

  constructor(options: PlayOptions) {
    const { human = 0, opponent = 'solver', solver = new Solver(), seed } = options;
    this.#options = options;
    this.#human = human;
    this.#solver = solver;
    this.#reply = replyOf(opponent, this.board, solver, defaultRng(seed));
  }

  begin(): void {
    if (this.#human === 1) this.#answer();
    this.#say(`You are ${'xo'[this.#human]}; ${commands}.`);
    this.#show();
  }

  /** @throws InputError for what can't be done, unless it may be asked again. */
  obey(command: string, askAgain: boolean): void {
    try {
      if (command === 'hint') this.#say(hintOf(this.board, this.#solver));
      else this.#turn(command);
    } catch (error) {
      if (!askAgain || !(error instanceof InputError)) throw error;
      this.#say(error.message);
    }
  }

  #turn(command: string): void {
    if (command === 'undo') this.#undo();
    else this.#play(command);
    if (!this.board.isOver && this.board.player !== this.#human) this.#answer();
    this.#show();
  }

  end(): PlayResult {
    const { winner, isOver, notation } = this.board;
    if (isOver) this.#say(winner === null ? 'A draw.' : winner === this.#human ? 'You win.' : 'I win.');
    return { winner, finished: isOver, moves: notation };
  }

  #play(command: string): void {
    if (!/^[1-7]$/.test(command)) throw new InputError(`"${command}" is no move; ${commands}.`);
    const column = Number(command) - 1;
    if (!this.board.canPlay(column)) {
      const free = Array.from({ length: columnCount }, (_, i) => i).filter((i) => this.board.canPlay(i));
      throw new InputError(`Column ${command} is full; choose ${free.map((i) => i + 1).join(', ')}.`);
    }
    this.board.play(column);
  }

  #undo(): void {
    if (this.board.stones < this.#human + 2) throw new InputError('There is no move of yours to take back.');
    this.board.undo();
    this.board.undo();
  }

  #answer(): void {
    const { column, erred } = this.#reply();
    this.board.play(column);
    this.#say(`I play ${column + 1}${erred ? ', by mistake' : ''}.`);
  }

  #show(): void {
    this.#say(`\n${this.board}\n`);
    if (this.#options.hints && !this.board.isOver) this.#say(hintOf(this.board, this.#solver));
  }

  #say(text: string): void {
    this.#options.output.write(`${text}\n`);
  }
}
