import type { Env } from '../env.ts';
import { checkCalls, checkClose } from './check-calls.ts';
import { checkEpisodes } from './check-episodes.ts';
import { checkSpaces } from './check-spaces.ts';
import { Findings } from './findings.ts';

/** Arguments of {@link checkEnv}. */
export interface CheckEnvOptions {
  /** Seeds resets and sampled actions; 123 unless told. */
  seed?: number;
  /** How many steps to look for the end of an episode; 2,000 unless told. */
  maxSteps?: number;
}

/**
 * Checks that an environment keeps the contract: what Gymnasium's `check_env` checks, and what this contract adds
 * (`stepInto`, `saveState`, refused calls). Steps it through a few episodes and closes it.
 *
 * @returns one sentence a failure; none when all is well.
 */
export function checkEnv(env: Env<unknown, unknown>, options: CheckEnvOptions = {}): string[] {
  const { seed = 123, maxSteps = 2_000 } = options;
  const findings = new Findings();
  findings.attempt('the spaces', () => checkSpaces(env, findings));
  // Without spaces nothing can be stepped.
  if (findings.sentences.length === 0) {
    findings.attempt('resets and steps', () => checkEpisodes(env, findings, seed));
    findings.attempt('calls that have to be refused', () => checkCalls(env, findings, { seed, maxSteps }));
  }
  findings.attempt('closing', () => checkClose(env, findings));
  return findings.sentences;
}
