import { makeVector } from '@understudy/envs';
import { type PpoHooks, train } from '@understudy/ppo';
import { describeMachine } from './machine.ts';
import { processorSeconds } from './processor-seconds.ts';
import { alternate, type BenchHooks, median } from './rounds.ts';

export interface BenchWorkersOptions {
  /** Environment id. */
  env: string;
  /** Worker processes, and environments; each worker collects one. */
  workers: number;
  /** Rollouts that are timed in one round, after some that are not; 12 unless told. */
  rollouts?: number;
  /** Rounds of each side that count; 5 unless told. */
  rounds?: number;
  /** Makes what collects by the workers. */
  openShards: NonNullable<PpoHooks['openShards']>;
}

export interface BenchWorkersResult {
  env: string;
  workers: number;
  /** Transitions of one rollout. */
  transitions: number;
  /** Milliseconds from one rollout's update to the next, with workers. */
  milliseconds: number;
  /** The same in one process with the same environments. */
  inProcess: number;
  /** With workers over in one process: 1.15 is an overhead of 15 %. */
  ratio: number;
  /** Processor time of learner and workers over that of the one process; NaN where the system doesn't tell. */
  processorRatio: number;
  machine: string;
}

/** Transitions of one rollout of PPO's defaults. */
const transitions = 2048;
/** Rollouts until new processes run compiled code; the process that compares has compiled it in its first round. */
const warmup = 6;

/**
 * Times PPO whose rollouts are collected by workers beside PPO in one process, in turn, at equal work: as many
 * environments, transitions and updates. The start of processes and environments isn't timed.
 *
 * @throws InputError when the environment is unknown.
 */
export async function benchWorkers(
  { env, workers, rollouts = 12, rounds = 5, openShards }: BenchWorkersOptions,
  hooks: BenchHooks = {},
): Promise<BenchWorkersResult> {
  const steps = Math.round(transitions / workers);
  const config = { environment: env, envs: workers, steps, totalSteps: steps * workers * (rollouts + warmup) };
  const processor = { workers: [] as number[], here: [] as number[] };
  const measure = async (sharded: boolean) => {
    let first = 0;
    let last = 0;
    let firstSeconds = 0;
    let seconds = 0;
    await train(
      { ...config, shards: sharded ? workers : 1 },
      {
        makeVectorEnv: ({ count } = { count: workers }) => makeVector(env, { count, autoresetMode: 'same-step' }),
        openShards: sharded ? openShards : undefined,
        onProgress: ({ step }) => {
          last = performance.now();
          seconds = processorSeconds();
          if (step > warmup * steps * workers) return;
          first = last;
          firstSeconds = seconds;
        },
        signal: hooks.signal,
      },
    );
    hooks.signal?.throwIfAborted();
    processor[sharded ? 'workers' : 'here'].push(seconds - firstSeconds);
    return (last - first) / rollouts;
  };
  const { ours, peer, ratio } = await alternate(
    rounds,
    () => measure(true),
    () => measure(false),
    hooks,
  );
  return {
    ...{ env, workers, transitions: steps * workers, milliseconds: ours },
    inProcess: peer ?? Number.NaN,
    ratio: ratio ?? Number.NaN,
    processorRatio: median(processor.workers.map((spent, i) => spent / processor.here[i])),
    machine: describeMachine(),
  };
}
