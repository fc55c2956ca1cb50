import { InputError } from '@understudy/errors';
import {
  Box,
  Discrete,
  type Env,
  type EnvMetadata,
  type EnvState,
  type Info,
  type RenderFrame,
  type RenderOptions,
  type ResetOptions,
  type ResetResult,
  type StepResult,
  type StepSignals,
} from '@understudy/gym';
import { defaultRng, type Generator, type GeneratorState } from '@understudy/random';
import { Board, cellCount, checkColumn, columnCount, rowCount } from './board.ts';
import { drawBoard } from './draw-board.ts';
import { Solver } from './solver.ts';
import { chooseReply } from './stochastic-opponent.ts';

/** Options of {@link ConnectFourEnv}. */
export interface ConnectFourOptions {
  /** `solver` plays perfectly but for its mistakes, `random` any column that isn't full; default `solver`. */
  opponent?: 'solver' | 'random';
  /** How often the solver's move in the last column becomes a random one in another; default 0.2. */
  mistakeProbability?: number;
  /** Quirk of the papers: a move into a full column goes to the first that isn't. Default false: it loses. */
  remapIllegalMoves?: boolean;
  /** Quirk of the papers: a full board is a draw even if its last stone makes four. Default false. */
  fullBoardIsDraw?: boolean;
  /** Moves that every episode begins with, as digits 1 to 7; as many of each player's. Default none. */
  opening?: string;
}

const defaultOptions: Required<ConnectFourOptions> = {
  opponent: 'solver',
  mistakeProbability: 0.2,
  remapIllegalMoves: false,
  fullBoardIsDraw: false,
  opening: '',
};

/** The names of the options. */
export const connectFourOptionNames: readonly string[] = Object.keys(defaultOptions);

const expectedValues: Record<keyof ConnectFourOptions, [expected: string, holds: (value: unknown) => boolean]> = {
  opponent: ['solver or random', (value) => value === 'solver' || value === 'random'],
  mistakeProbability: ['a number from 0 to 1', (value) => typeof value === 'number' && value >= 0 && value <= 1],
  remapIllegalMoves: ['true or false', (value) => typeof value === 'boolean'],
  fullBoardIsDraw: ['true or false', (value) => typeof value === 'boolean'],
  opening: ['an even number of digits 1 to 7', (value) => typeof value === 'string' && value.length % 2 === 0],
};

const observationSize = 2 * cellCount;
const agent = 0;

let sharedSolver: Solver | undefined;

/**
 * Connect Four against an opponent that can be exploited: it plays perfectly, but where the last column is its best move
 * it sometimes errs. The agent begins.
 *
 * Observation, float32 `[2, 7, 6]`: 1 where the agent's stones lie, then 1 where the opponent's do, by column from the
 * left and row from the bottom. Action: a column, 0 to 6. Reward at the end: 1 for a win, -1 for a loss, 0 for a draw.
 * Info: `moves` (digits 1 to 7), `action_mask` (`[7]`, 1 where a column isn't full) and, of a step, `opponent_erred`.
 *
 * The game of ESPER (Paster, McIlraith, Ba, "You Can't Count on Luck", 2022) and LPT (Kong et al., "Latent Plan
 * Transformer", 2024).
 */
export class ConnectFourEnv implements Env<Float32Array, number> {
  readonly id = 'ConnectFour-v0';
  readonly observationSpace = new Box<Float32Array>({ low: 0, high: 1, shape: [2, columnCount, rowCount] });
  readonly actionSpace = new Discrete(columnCount);
  readonly metadata: EnvMetadata = { renderModes: ['rgb_array'], renderFps: 2 };
  readonly #options: Required<ConnectFourOptions>;
  readonly #solver: Solver | null;
  readonly #opening: readonly number[];
  readonly #board = new Board();
  readonly #signals: StepSignals = { reward: 0, terminated: false, truncated: false };
  #generator: Generator = defaultRng(0);
  #opponentErred = false;
  #open = true;

  /**
   * @param solver - The opponent's; by default all environments of a thread share one.
   * @throws InputError for an option with a wrong value.
   */
  constructor(options: ConnectFourOptions = {}, solver?: Solver) {
    this.#options = readOptions(options);
    const opening = Board.after(this.#options.opening);
    if (opening.isOver)
      throw new InputError(`Option opening of ConnectFour-v0 is ${opening.notation}, a finished game.`);
    this.#opening = opening.moves;
    if (this.#options.opponent === 'random') this.#solver = null;
    else {
      if (solver === undefined) sharedSolver ??= new Solver();
      this.#solver = solver ?? sharedSolver!;
    }
  }

  get unwrapped(): this {
    return this;
  }

  /** @throws InputError if the environment is closed or the seed isn't a whole number of at least 0. */
  reset(options: ResetOptions = {}): ResetResult<Float32Array> {
    this.#checkOpen();
    if (options.seed !== undefined) this.#generator = defaultRng(options.seed);
    this.#setMoves(this.#opening);
    this.#signals.reward = 0;
    this.#signals.terminated = false;
    this.#opponentErred = false;
    return { observation: this.#observe(), info: this.#info() };
  }

  /** @throws InputError if the environment is closed, the game is over or the action is no column. */
  step(action: number): StepResult<Float32Array> {
    this.#advance(action);
    const { reward, terminated, truncated } = this.#signals;
    const info = { ...this.#info(), opponent_erred: this.#opponentErred };
    return { observation: this.#observe(), reward, terminated, truncated, info };
  }

  stepInto(action: number, out: Float32Array, offset: number): StepSignals {
    this.#advance(action);
    this.#writeObservation(out, offset);
    return this.#signals;
  }

  #advance(action: number): void {
    this.#checkOpen();
    checkColumn(action);
    if (this.#signals.terminated) throw new InputError(`${this.id} is over; call reset() before the next step.`);
    this.#opponentErred = false;
    const column = this.#landingColumn(action);
    if (!this.#board.canPlay(column)) {
      this.#signals.reward = -1;
      this.#signals.terminated = true;
      return;
    }
    this.#board.play(column);
    if (!this.#board.isOver) this.#board.play(this.#landingColumn(this.#opponentMove()));
    this.#judge();
  }

  /** Where a move goes: its own column, or with the quirk the first that isn't full. */
  #landingColumn(column: number): number {
    if (!this.#options.remapIllegalMoves || this.#board.canPlay(column)) return column;
    let first = 0;
    while (!this.#board.canPlay(first)) first++;
    return first;
  }

  #opponentMove(): number {
    if (this.#solver === null) return this.#randomMove();
    const { column, erred } = chooseReply(this.#board, this.#solver, this.#generator, {
      mistakeProbability: this.#options.mistakeProbability,
      mayNameFullColumn: this.#options.remapIllegalMoves,
    });
    this.#opponentErred = erred;
    return column;
  }

  #randomMove(): number {
    // Drawing again is uniform over the columns that aren't full, and one of them is left in a running game.
    for (;;) {
      const column = this.#generator.integers(columnCount);
      if (this.#board.canPlay(column)) return column;
    }
  }

  #judge(): void {
    const { winner, isFull, isOver } = this.#board;
    const isDraw = winner === null || (isFull && this.#options.fullBoardIsDraw);
    this.#signals.reward = isDraw ? 0 : winner === agent ? 1 : -1;
    this.#signals.terminated = isOver;
  }

  /**
   * The board, red for the agent's stones and yellow for the opponent's; 224 x 192 pixels unless told.
   *
   * @throws InputError if the environment is closed or the size isn't one of a picture.
   */
  render(options: RenderOptions = {}): RenderFrame {
    this.#checkOpen();
    return drawBoard(this.#board, options);
  }

  saveState(): EnvState {
    this.#checkOpen();
    const { reward, terminated } = this.#signals;
    return { moves: this.#board.notation, reward, terminated, generator: this.#generator.getState() };
  }

  /** @throws InputError if the state's moves can't be played. */
  restoreState(state: EnvState): void {
    this.#checkOpen();
    this.#setMoves(Board.after(state.moves as string).moves);
    this.#signals.reward = state.reward as number;
    this.#signals.terminated = state.terminated as boolean;
    this.#generator.setState(state.generator as GeneratorState);
  }

  close(): void {
    this.#open = false;
  }

  #setMoves(moves: readonly number[]): void {
    this.#board.clear();
    for (const column of moves) this.#board.play(column);
  }

  #observe(): Float32Array {
    const observation = new Float32Array(observationSize);
    this.#writeObservation(observation, 0);
    return observation;
  }

  #writeObservation(out: Float32Array, offset: number): void {
    const board = this.#board;
    out.fill(0, offset, offset + observationSize);
    for (let column = 0; column < columnCount; column++) {
      const height = board.height(column);
      for (let row = 0; row < height; row++) {
        const plane = board.stoneAt(column, row) === agent ? 0 : cellCount;
        out[offset + plane + column * rowCount + row] = 1;
      }
    }
  }

  #info(): Info {
    const action_mask = Int8Array.from({ length: columnCount }, (_, column) => (this.#board.canPlay(column) ? 1 : 0));
    return { moves: this.#board.notation, action_mask };
  }

  #checkOpen(): void {
    if (!this.#open) throw new InputError(`${this.id} is closed; make a new one.`);
  }
}

function readOptions(given: ConnectFourOptions): Required<ConnectFourOptions> {
  const options = { ...defaultOptions };
  for (const name of Object.keys(defaultOptions) as (keyof ConnectFourOptions)[]) {
    const value = given[name];
    if (value === undefined) continue;
    const [expected, holds] = expectedValues[name];
    if (!holds(value)) {
      throw new InputError(`Option ${name} of ConnectFour-v0 is ${JSON.stringify(value)}, expected ${expected}.`);
    }
    Object.assign(options, { [name]: value });
  }
  return options;
}
