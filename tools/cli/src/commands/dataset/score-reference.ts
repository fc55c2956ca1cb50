import { basename } from 'node:path';
import type { D4rlEntry } from '@understudy/d4rl';

/** Returns of a random policy and of an expert. */
export interface ScoreReference {
  readonly min: number;
  readonly max: number;
}

/** The dataset of D4RL that a file is by its name: as D4RL publishes it, or by the dataset's own name. */
export async function publishedEntry(file: string): Promise<D4rlEntry | undefined> {
  const { d4rlCatalogue } = await import('@understudy/d4rl');
  const name = basename(file);
  const plain = name.replace(/\.(hdf5|h5)$/i, '');
  return d4rlCatalogue().get(plain) ?? [...d4rlCatalogue().values()].find(({ path }) => basename(path) === name);
}

/** What D4RL normalises an environment's returns by; undefined where it has no reference. */
export async function scoreReferenceOf(environment: string): Promise<ScoreReference | undefined> {
  const { d4rlCatalogue } = await import('@understudy/d4rl');
  const entries = [...d4rlCatalogue().values()].filter((entry) => entry.reference && entry.environment === environment);
  // Dense and sparse mazes may share an environment; the one of its own name is meant.
  return (entries.find(({ name }) => name === environment) ?? entries[0])?.reference;
}

/** D4RL's score: 0 for a random policy, 100 for an expert. */
export function normalizedScore(score: number, { min, max }: ScoreReference): number {
  return (100 * (score - min)) / (max - min);
}
