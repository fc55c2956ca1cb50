import { InputError } from '@understudy/errors';
import { RowBuffer } from './row-buffer.ts';
import type { SegmentSource } from './segment.ts';

/** A demonstrated curve: where it went and how. */
export interface DemonstratedCurve {
  /** The states passed, `[n + 1, stateSize]`. */
  readonly states: ArrayLike<number>;
  /** What led from each to the next, `[n, actionSize]`. */
  readonly actions: ArrayLike<number>;
}

/** What {@link curvesSource} needs. */
export interface CurveParts {
  readonly stateSize: number;
  readonly actionSize: number;
  /** Whether the curves end by themselves; otherwise their ends are cut-offs. */
  readonly terminal: boolean;
  /** Draws all curves of a seed. */
  draw(seed: number): readonly DemonstratedCurve[];
}

/** Demonstrations that are drawn, not acted: all in one piece, with rewards of 0, for nothing rewards them. */
export function curvesSource({ stateSize, actionSize, terminal, draw }: CurveParts): SegmentSource {
  const layout = { observationSize: stateSize, actionSize, nextObservations: true, infos: {} };
  return {
    ...layout,
    async segment(_index, generator) {
      const rows = new RowBuffer(layout);
      for (const { states, actions } of draw(generator.integers(2 ** 32))) {
        const steps = actions.length / actionSize;
        if (steps < 1) throw new InputError('A demonstrated curve has no step, so draw longer ones.');
        for (let step = 0; step < steps; step++) {
          const last = step === steps - 1;
          rows.put('observations', slice(states, step * stateSize, stateSize));
          rows.put('actions', slice(actions, step * actionSize, actionSize));
          rows.next(0, last && terminal, last && !terminal, slice(states, (step + 1) * stateSize, stateSize));
        }
      }
      return rows.take();
    },
  };
}

function slice(values: ArrayLike<number>, start: number, length: number): number[] {
  return Array.from({ length }, (_, i) => values[start + i]);
}
