import { InputError } from '@understudy/errors';
import type { Generator } from '@understudy/random';
import { RowBuffer } from './row-buffer.ts';
import type { SegmentRows, SegmentSource, Tick } from './segment.ts';

/** A maze with a ball in it, as `Maze2dEnv` of the environment's package is one. */
export interface MazeWorld {
  /** Puts the ball into a random cell. */
  reset(options: { seed: number }): unknown;
  /** Pushes the ball; what it writes is not looked at. */
  stepInto(action: Float32Array, out: Float32Array, offset: number): unknown;
  /** Where the ball is to go now. */
  readonly target: { readonly x: number; readonly y: number };
  /** Draws another target. */
  setTarget(): void;
  readonly simulation: { readonly qpos: ArrayLike<number>; readonly qvel: ArrayLike<number> };
}

/** What drives the ball, as `WaypointController` of the environment's package does. */
export interface MazeController {
  /** @param observation - Position and velocity, `[4]`. @param out - Takes the force, `[2]` in [-1, 1]. */
  control(observation: ArrayLike<number>, target: ArrayLike<number>, out?: Float32Array): Float32Array;
  /** Whether the ball was at the target, and slow, at the last call. */
  readonly solved: boolean;
}

/** How a maze's data differ. */
export interface Maze2dOptions {
  /** `sparse`: 1 within 0.5 m of the maze's goal; `dense`: exp(-distance). */
  readonly rewardType: 'sparse' | 'dense';
  /** Standard deviation of the normal noise on the controller's forces; default 0.5. */
  readonly noise?: number;
  /**
   * `d4rl`, the default, makes the mistakes of D4RL's data: the reward is that of the state before the step (issue 194),
   * a new target leaves the observation of the row after it where it was, and an episode may have a step more than the
   * limit. `repaired` makes none and stores next observations.
   */
  readonly faults?: 'd4rl' | 'repaired';
}

/** What {@link maze2dSource} needs. */
export interface Maze2dParts extends Maze2dOptions {
  readonly world: MazeWorld;
  /** The maze's own goal, which the rewards are about. */
  readonly goal: { readonly x: number; readonly y: number };
  /** Steps after which another target is drawn. */
  readonly maxEpisodeSteps: number;
  createController(seed: number): MazeController;
}

/** Rows after which a piece ends with the episode. */
const segmentRows = 16_384;
const targetRadius = 0.5;
const ticks = 1024;

/**
 * D4RL's maze2d: a ball led by waypoints and a noisy force from one random place to another without a break. An episode,
 * marked as cut off, ends where the controller reaches its target or takes too long; the next begins where the ball is,
 * except at the beginning of a piece, where the ball is put into a random cell.
 *
 * Rewards are not about where the ball was led but about the maze's goal. (Fu et al. 2020; the published files.)
 *
 * @throws InputError when the noise is below 0.
 */
export function maze2dSource(parts: Maze2dParts): SegmentSource {
  const { noise = 0.5, faults = 'd4rl' } = parts;
  if (!(noise >= 0 && Number.isFinite(noise)))
    throw new InputError(`The noise is ${noise}, so give one of at least 0.`);
  const layout = {
    observationSize: 4,
    actionSize: 2,
    nextObservations: faults === 'repaired',
    infos: { goal: { shape: [2] }, qpos: { shape: [2] }, qvel: { shape: [2] } },
  };
  return {
    ...layout,
    segment: (_index, generator, tick) => new MazeWalk({ ...parts, noise, faults }, generator, layout).run(tick),
  };
}

/** One piece under way. */
class MazeWalk {
  readonly #parts: Required<Maze2dParts>;
  readonly #generator: Generator;
  readonly #rows: RowBuffer;
  readonly #controller: MazeController;
  /** What the controller sees and the data has: position and velocity. */
  readonly #observation = new Float64Array(4);
  readonly #state = new Float64Array(4);
  readonly #target = new Float64Array(2);
  readonly #action = new Float32Array(2);
  readonly #ignored = new Float32Array(4);
  #steps = 0;

  constructor(parts: Required<Maze2dParts>, generator: Generator, layout: ConstructorParameters<typeof RowBuffer>[0]) {
    this.#parts = parts;
    this.#generator = generator;
    this.#rows = new RowBuffer(layout, segmentRows + parts.maxEpisodeSteps + 1);
    parts.world.reset({ seed: generator.integers(2 ** 32) });
    parts.world.setTarget();
    this.#controller = parts.createController(generator.integers(2 ** 32));
    this.#readState(this.#observation);
  }

  async run(tick: Tick): Promise<SegmentRows | undefined> {
    for (let done = false; !done || this.#rows.count < segmentRows; ) {
      done = this.#step();
      if (this.#rows.count % ticks === 0 && !(await tick(this.#rows.count))) return undefined;
    }
    return this.#rows.take();
  }

  /** One row. @returns Whether its episode ended. */
  #step(): boolean {
    const { world, noise, faults, maxEpisodeSteps } = this.#parts;
    const faulty = faults === 'd4rl';
    this.#target[0] = world.target.x;
    this.#target[1] = world.target.y;
    this.#controller.control(this.#observation, this.#target, this.#action);
    // On the clipped force, as in D4RL: noise before it would hardly be seen where the force is at its bound.
    for (let i = 0; i < 2; i++) {
      const noisy = noise > 0 ? this.#action[i] + noise * this.#generator.standardNormal() : this.#action[i];
      this.#action[i] = Math.max(-1, Math.min(1, noisy));
    }
    const late = faulty ? this.#steps >= maxEpisodeSteps : this.#steps >= maxEpisodeSteps - 1;
    const done = this.#controller.solved || late;
    const { qpos, qvel } = world.simulation;
    const rows = this.#rows;
    rows.put('observations', this.#observation);
    rows.put('actions', this.#action);
    rows.put('infos/goal', this.#target);
    rows.put('infos/qpos', qpos);
    rows.put('infos/qvel', qvel);
    world.stepInto(this.#action, this.#ignored, 0);
    this.#readState(this.#state);
    const rewarded = faulty ? this.#observation : this.#state;
    rows.next(this.#rewardAt(rewarded[0], rewarded[1]), false, done, this.#state);
    this.#steps++;
    if (done) {
      world.setTarget();
      this.#steps = 0;
    }
    if (!done || !faulty) this.#observation.set(this.#state);
    return done;
  }

  #readState(out: Float64Array): void {
    const { qpos, qvel } = this.#parts.world.simulation;
    out[0] = qpos[0];
    out[1] = qpos[1];
    out[2] = qvel[0];
    out[3] = qvel[1];
  }

  #rewardAt(x: number, y: number): number {
    const { goal, rewardType } = this.#parts;
    const dx = x - goal.x;
    const dy = y - goal.y;
    const distance = Math.sqrt(dx * dx + dy * dy);
    if (rewardType === 'dense') return Math.exp(-distance);
    return distance <= targetRadius ? 1 : 0;
  }
}
