import type { D4rlRows } from '../d4rl-writer.ts';

/** What a recording needs to say of each row: `.` goes on, `T` is a terminal, `C` a timeout. */
export interface Recording extends D4rlRows {
  readonly transitions: number;
  readonly observationSize: number;
  readonly actionSize: number;
  readonly timeouts: Uint8Array;
}

/**
 * A recording whose row i has the observation `[10 i, 10 i + 1]`, the action `[i + 0.5]` and the reward `i + 0.25`.
 *
 * @param steps - For instance `..T...C..`.
 */
export function recording(steps: string): Recording {
  const rows = [...steps];
  return {
    transitions: rows.length,
    observationSize: 2,
    actionSize: 1,
    observations: Float32Array.from(rows.flatMap((_, i) => [10 * i, 10 * i + 1])),
    actions: Float32Array.from(rows, (_, i) => i + 0.5),
    rewards: Float32Array.from(rows, (_, i) => i + 0.25),
    terminals: Uint8Array.from(rows, (step) => (step === 'T' ? 1 : 0)),
    timeouts: Uint8Array.from(rows, (step) => (step === 'C' ? 1 : 0)),
  };
}
