import { readFileSync } from 'node:fs';

/** What Gymnasium gave; written by `fixtures/generate.py`. */
export interface GymnasiumFixture {
  spaces: { name: string; text: string; samples: unknown[][]; flatOfLast: number[] }[];
  /** [observation, reward] of resets and steps. */
  wrappers: Record<string, [number[], number][]>;
  /** [outer action, inner action] of steps. */
  actionWrappers: Record<string, [number[], number[]][]>;
}

/** The seeds of the fixture's samples. */
export const sampleSeeds = [0, 1, 42, 2 ** 31 - 1];

export function gymnasiumFixture(): GymnasiumFixture {
  return JSON.parse(readFileSync(new URL('../../fixtures/gymnasium.json', import.meta.url), 'utf8'));
}
