import { InputError } from '@understudy/errors';
import type { Command } from 'commander';
import { oneOf, positiveNumber, wholeNumber } from '../values.ts';

/** Options of a training that is collected by worker processes. */
export interface CollectionFlags {
  workers?: number;
  listen?: string;
  inference?: string | true;
  patience: number;
  withoutWorkers: 'fail' | 'wait' | 'collect';
  /** For {@link listen}, this training's own; for {@link inference} and {@link address}, what it shows there. */
  keys?: string;
  keyName?: string;
  inferenceKey?: string;
  /** Where environments are stepped instead. */
  address?: string;
}

/** Adds to a training's command who collects. */
export function addCollectionOptions(command: Command): Command {
  return command
    .option(
      '--workers <n>',
      'collect in so many processes on this machine; unless told, each has one environment (the setting workers is ' +
        'another thing: threads that step the environments inside a process)',
      wholeNumber('--workers', 1),
    )
    .option('--listen <address>', 'collect by workers that connect here, see understudy worker; tcp://HOST:PORT')
    .option(
      '--inference [address]',
      "workers ask an inference server for the network's outputs: one of this training, or understudy infer at the address",
    )
    .option('--patience <seconds>', 'how long to go on without any worker', positiveNumber('--patience'), 60)
    .option(
      '--without-workers <what>',
      'then fail, wait on, or collect in this process',
      oneOf('--without-workers', ['fail', 'wait', 'collect']),
      'fail',
    );
}

/** Whether workers are to collect. @throws InputError when the options contradict one another. */
export function isCollectedByWorkers({ workers, listen, inference, address }: CollectionFlags): boolean {
  if (workers !== undefined && listen !== undefined) {
    throw new InputError('--workers starts workers and --listen waits for some: give one of them.');
  }
  if (workers === undefined && listen === undefined) {
    if (inference === undefined) return false;
    throw new InputError('--inference is for workers: add --workers or --listen.');
  }
  if (address !== undefined) {
    throw new InputError('Workers step the environments where they are: leave --address out, or the workers.');
  }
  if (inference === true && listen !== undefined) {
    throw new InputError(
      '--inference needs an address that workers can reach: start understudy infer --bind ADDRESS, and give that.',
    );
  }
  return true;
}

/** Most shards that a training has for workers that are still to come. */
const shardsForListening = 8;

/**
 * Settings that the number of workers suggests, where they are not given: an environment for each worker, rollouts as
 * long as without workers, and a shard for each.
 *
 * @param given - Settings by `--set` and of the run that is resumed.
 * @param defaultSteps - Steps of a rollout of one environment.
 */
export function suggestShards(
  given: Readonly<Record<string, unknown>>,
  { workers }: CollectionFlags,
  defaultSteps: number,
): Record<string, number> {
  const suggested: Record<string, number> = {};
  if (given.envs === undefined && workers !== undefined && workers > 1) {
    suggested.envs = workers;
    if (given.steps === undefined) suggested.steps = Math.max(1, Math.round(defaultSteps / workers));
  }
  const envs = Number(given.envs ?? suggested.envs ?? 1);
  const shards = Math.min(envs, workers ?? shardsForListening);
  if (given.shards === undefined && shards > 1) suggested.shards = shards;
  return suggested;
}
