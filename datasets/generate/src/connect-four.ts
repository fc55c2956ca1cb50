import { InputError } from '@understudy/errors';
import type { Generator } from '@understudy/random';
import type { AnyEnv } from '@understudy/training';
import { RowBuffer } from './row-buffer.ts';
import type { SegmentLayout, SegmentSource } from './segment.ts';

/** What {@link connectFourSource} needs. */
export interface ConnectFourParts {
  /** `ConnectFour-v0` with the papers' opponent, `remapIllegalMoves` and `fullBoardIsDraw`. */
  readonly env: AnyEnv;
  /** The leftmost of the best columns after some moves, digits 1 to 7. */
  bestColumn(moves: string): number;
  /** How often the solver's column becomes a random one; default 0.01. */
  readonly epsilon?: number;
  /** Share of games that the specialist plays; default 0.5. */
  readonly specialistShare?: number;
}

const columns = 7;
const lastColumn = 6;
/** Moves that the specialist makes in the last column whatever happens. */
const specialistMoves = 5;
/** How often it plays there afterwards. */
const specialistShareLater = 0.1;
/** Games of a piece. */
const segmentGames = 64;

const layout: SegmentLayout = { observationSize: 84, actionSize: 1, nextObservations: true, infos: {} };

/**
 * The Connect Four data of ESPER and LPT: half of the games are played by a specialist, who takes the last column five
 * times and seldom later, and half by a perfect player who errs one move in a hundred. The opponent errs only where the
 * last column is its best, so the specialist wins by luck.
 *
 * Paster, McIlraith, Ba, "You Can't Count on Luck", 2022; Kong et al., "Latent Plan Transformer", 2024.
 *
 * @throws InputError when a share is not in [0, 1].
 */
export function connectFourSource(parts: ConnectFourParts): SegmentSource {
  const { env, bestColumn, epsilon = 0.01, specialistShare = 0.5 } = parts;
  for (const [name, share] of Object.entries({ epsilon, specialistShare })) {
    if (!(share >= 0 && share <= 1)) throw new InputError(`${name} is ${share}, so give a number from 0 to 1.`);
  }
  const observation = new Float32Array(layout.observationSize);
  return {
    ...layout,
    async segment(_index, generator, tick) {
      const rows = new RowBuffer(layout);
      for (let game = 0; game < segmentGames; game++) {
        const specialist = generator.random() < specialistShare;
        play(rows, generator, (moves, step) =>
          specialist ? specialistColumn(generator, step) : solverColumn(generator, () => bestColumn(moves), epsilon),
        );
        if (!(await tick(rows.count))) return undefined;
      }
      return rows.take();
    },
  };

  /** One game to its end. */
  function play(rows: RowBuffer, generator: Generator, choose: (moves: string, step: number) => number): void {
    let { observation: seen, info } = env.reset({ seed: generator.integers(2 ** 32) });
    for (let step = 0, over = false; !over; step++) {
      env.observationSpace.flattenInto(seen, observation, 0);
      const column = choose(info.moves as string, step);
      rows.put('observations', observation);
      rows.put('actions', [column]);
      const taken = env.step(column);
      ({ observation: seen, info } = taken);
      env.observationSpace.flattenInto(seen, observation, 0);
      rows.next(taken.reward, taken.terminated, taken.truncated && !taken.terminated, observation);
      over = taken.terminated || taken.truncated;
    }
  }
}

function specialistColumn(generator: Generator, step: number): number {
  if (step < specialistMoves || generator.random() < specialistShareLater) return lastColumn;
  return generator.integers(lastColumn);
}

function solverColumn(generator: Generator, best: () => number, epsilon: number): number {
  return generator.random() < epsilon ? generator.integers(columns) : best();
}
