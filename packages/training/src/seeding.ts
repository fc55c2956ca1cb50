import { defaultRng, type Generator } from '@understudy/random';

/**
 * The generator that a policy's samples come from in a run with this seed. A child of the seed's sequence, because an
 * environment that is reset with the same seed draws from the sequence itself.
 */
export function actionGenerator(seed: number): Generator {
  return spawnGenerators(seed, 1)[0];
}

/** `count` generators independent of one another and of an environment reset with the same seed. */
export function spawnGenerators(seed: number, count: number): Generator[] {
  return defaultRng(seed).spawn(count);
}
