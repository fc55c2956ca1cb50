import { InputError } from '@understudy/errors';
import type { MakeOptions } from '../registry.ts';
import type { AutoresetMode, VectorEnv } from '../vector-env.ts';
import { makeAll } from './make-all.ts';
import { SyncVectorEnv } from './sync-vector-env.ts';
import { WorkerVectorEnv } from './worker-vector-env.ts';

/** Arguments of {@link makeVector}. */
export interface MakeVectorOptions {
  /** How many sub-environments; 1 unless told. */
  count?: number;
  /** Over how many worker threads; 0, all in this thread, unless told. */
  workers?: number;
  /** Whether this thread steps a share as large as a worker's, instead of only waiting for them; false unless told. */
  callerSteps?: boolean;
  /** When a finished sub-environment starts again; `next-step` unless told. */
  autoresetMode?: AutoresetMode;
  /** With a seed, the vector environment comes reset, sub-environment i with `seed + i`. */
  seed?: number;
  /** Passed to every `make`. */
  options?: MakeOptions;
  /** Modules for worker threads to import, file URLs or packages; what the environment registered unless told. */
  modules?: readonly string[];
}

/**
 * Makes many copies of an environment that step together.
 *
 * @throws InputError as `make` does, and for counts that are no whole numbers.
 */
export async function makeVector(id: string, vectorOptions: MakeVectorOptions = {}): Promise<VectorEnv> {
  const { count = 1, workers = 0, callerSteps, autoresetMode, seed, options, modules } = vectorOptions;
  checkWhole('count', count, 1);
  checkWhole('workers', workers, 0);
  const env =
    workers === 0
      ? new SyncVectorEnv(await makeAll(id, count, options), { autoresetMode })
      : await WorkerVectorEnv.create(id, { count, workers, callerSteps, autoresetMode, options, modules });
  if (seed !== undefined) env.reset({ seed });
  return env;
}

function checkWhole(name: string, value: number, least: number): void {
  if (Number.isSafeInteger(value) && value >= least) return;
  throw new InputError(`${name} is ${value}, expected a whole number from ${least}.`);
}
