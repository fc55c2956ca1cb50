import type { Env } from '../env.ts';
import type { Space } from '../space.ts';
import type { Findings } from './findings.ts';

/** Checks that both spaces exist, contain what they sample, sample the same for a seed, and flatten without loss. */
export function checkSpaces(env: Env<unknown, unknown>, findings: Findings): void {
  const spaces: [string, Space | undefined][] = [
    ['observationSpace', env.observationSpace],
    ['actionSpace', env.actionSpace],
  ];
  for (const [name, space] of spaces) {
    if (space === undefined || typeof space.contains !== 'function') {
      findings.expect(false, `The environment has no ${name}; give it a Space.`);
    } else {
      checkSpace(name, space, findings);
    }
  }
  findings.expect(
    Array.isArray(env.metadata?.renderModes),
    'The metadata has no list renderModes; give an empty one where nothing is rendered.',
  );
}

function checkSpace(name: string, space: Space, findings: Findings): void {
  const [first, again] = [1, 1].map((seed) => {
    space.seed(seed);
    return space.sample();
  });
  findings.expect(space.contains(first), `The ${name} ${space} does not contain what it samples.`);
  const flat = new Float64Array(space.flatSize);
  const flatAgain = new Float64Array(space.flatSize);
  space.flattenInto(first, flat, 0);
  space.flattenInto(again, flatAgain, 0);
  findings.expect(
    flat.every((number, i) => number === flatAgain[i]),
    `The ${name} ${space} samples differently for the same seed.`,
  );
  findings.expect(space.contains(space.unflatten(flat)), `The ${name} ${space} does not contain what it unflattens.`);
}
