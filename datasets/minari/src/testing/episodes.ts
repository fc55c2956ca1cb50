import { formatEnvSpec } from '../env-spec.ts';
import { createMinari, minariPath } from '../local.ts';
import type { NewEpisode } from '../minari-writer.ts';
import type { MinariSpace } from '../space-json.ts';

/** `Dict(goal: Box(2), pair: Tuple(Discrete(3), Text))`. */
export const nestedSpace: MinariSpace = {
  type: 'Dict',
  subspaces: {
    goal: {
      type: 'Box',
      dtype: 'float64',
      shape: [2],
      low: [Number.NEGATIVE_INFINITY, 0],
      high: [Number.POSITIVE_INFINITY, 1],
    },
    pair: {
      type: 'Tuple',
      subspaces: [
        { type: 'Discrete', dtype: 'int64', start: 0, n: 3 },
        { type: 'Text', max_length: 9, min_length: 0, charset: 'abcü' },
      ],
    },
  },
};

export const actionSpace: MinariSpace = { type: 'Box', dtype: 'float32', shape: [1], low: [-1], high: [1] };

/** An episode of the two spaces above whose numbers tell steps and episodes apart. */
export function nestedEpisode(steps: number, seed: number): NewEpisode {
  const rows = steps + 1;
  return {
    seed,
    options: { start: { x: 1.5, name: 'left' }, fast: true },
    observations: {
      goal: {
        data: Float64Array.from({ length: 2 * rows }, (_, i) => seed + i / 4),
        shape: [rows, 2],
        dtype: 'float64',
      },
      pair: [
        { data: BigInt64Array.from({ length: rows }, (_, i) => BigInt(i % 3)), shape: [rows], dtype: 'int64' },
        Array.from({ length: rows }, (_, i) => (i === 1 ? '' : `ü${i}`)),
      ],
    },
    actions: { data: Float32Array.from({ length: steps }, (_, i) => i / 8), shape: [steps, 1], dtype: 'float32' },
    rewards: Float64Array.from({ length: steps }, (_, i) => i + 0.5),
    terminations: new Uint8Array(steps).fill(1, steps - 1),
    truncations: new Uint8Array(steps),
    infos: { qpos: { data: new Float64Array(rows * 3).fill(seed), shape: [rows, 3], dtype: 'float64' } },
  };
}

/** Of the environment of the datasets below. */
export const envSpec = formatEnvSpec({ id: 'Point-v0', maxEpisodeSteps: 100, rewardThreshold: 5 });

/** Writes a dataset of episodes of these lengths. @returns Its directory. */
export function writeDataset(root: string, id: string, lengths: readonly number[], spec = envSpec) {
  const writer = createMinari(
    { id, observationSpace: nestedSpace, actionSpace, envSpec: spec, other: { author: [id] } },
    root,
  );
  lengths.forEach((steps, i) => {
    writer.append(nestedEpisode(steps, 10 * i));
  });
  writer.close();
  return minariPath(id, root);
}
