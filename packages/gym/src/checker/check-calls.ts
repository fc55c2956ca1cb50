import type { Env } from '../env.ts';
import type { Findings } from './findings.ts';

/** Checks that wrong actions and steps after an episode's end are refused. */
export function checkCalls(
  env: Env<unknown, unknown>,
  findings: Findings,
  { seed, maxSteps }: { seed: number; maxSteps: number },
): void {
  const { actionSpace } = env;
  actionSpace.seed(seed);
  env.reset({ seed });
  const sample = actionSpace.sample();
  for (const [what, action] of wrongActions(sample)) {
    findings.expectThrow(() => env.step(action), `step() takes an action of ${what}; refuse it.`);
  }
  env.reset({ seed });
  for (let step = 0; step < maxSteps; step++) {
    const { terminated, truncated } = env.step(actionSpace.sample());
    if (!terminated && !truncated) continue;
    findings.expectThrow(() => env.step(sample), "step() takes a step after the episode's end; refuse it.");
    return;
  }
}

function wrongActions(sample: unknown): [what: string, action: unknown][] {
  if (sample instanceof Float32Array || sample instanceof Float64Array) {
    const longer = new Float32Array(sample.length + 1);
    const withNaN = sample.slice().fill(Number.NaN, 0, 1);
    return [
      ['the wrong shape', longer],
      ['NaN', withNaN],
    ];
  }
  return typeof sample === 'number' ? [['a number outside its space', -1e9]] : [['nothing', null]];
}

/** Checks that closing twice is harmless and that a closed environment is not stepped or reset. */
export function checkClose(env: Env<unknown, unknown>, findings: Findings): void {
  env.close();
  try {
    env.close();
  } catch (error) {
    findings.expect(false, `close() throws when called twice: ${(error as Error).message}`);
  }
  findings.expectThrow(() => env.reset(), 'reset() works on a closed environment; refuse it.');
}
