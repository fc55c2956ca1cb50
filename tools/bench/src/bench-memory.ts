import { makeVector } from '@understudy/envs';
import { InputError } from '@understudy/errors';
import { defaultRng } from '@understudy/random';
import {
  ExperienceCollector,
  type Explorer,
  finiteActionBounds,
  ReplayBuffer,
  yieldToEvents,
} from '@understudy/training';
import { describeMachine } from './machine.ts';
import type { BenchHooks } from './rounds.ts';

export interface BenchMemoryOptions {
  /** Environment id. */
  env: string;
  /** Transitions to collect, which is also the buffer's capacity; 1,000,000 by default. */
  transitions?: number;
  seed?: number;
}

export interface BenchMemoryResult {
  env: string;
  /** At hand in the buffer at the end. */
  transitions: number;
  /** In the buffer's columns. */
  arrayBytes: number;
  bytesPerTransition: number;
  /** By how much the process's resident memory grew from before the buffer was made until it was full. */
  residentBytes: number;
  /** The whole process at the end, with the physics engine. */
  processBytes: number;
  machine: string;
}

/** Steps between two looks at hooks. */
const stretch = 10_000;

/**
 * Fills a replay buffer with an environment's transitions under random actions, as SAC does at its start, and tells what
 * memory it takes.
 *
 * @throws InputError when the environment is unknown or has no continuous actions, or there are too many transitions.
 */
export async function benchMemory(options: BenchMemoryOptions, hooks: BenchHooks = {}): Promise<BenchMemoryResult> {
  const { env: id, transitions = 1_000_000, seed = 0 } = options;
  if (!(Number.isSafeInteger(transitions) && transitions > 0)) {
    throw new InputError(`The transitions are ${transitions}; give a whole number of them, 1 or more.`);
  }
  const env = await makeVector(id, { count: 1, autoresetMode: 'same-step' });
  try {
    const bounds = finiteActionBounds(env.singleActionSpace, 'SAC');
    const generator = defaultRng(seed);
    const explore: Explorer = (_observations, _count, actions) => generator.fillUniform(actions, -1, 1);
    const before = process.memoryUsage.rss();
    const { observationSize, actionSize, count } = env;
    const replay = new ReplayBuffer({ capacity: transitions, observationSize, actionSize, count, gamma: 0.99 });
    const collector = new ExperienceCollector(env, replay, bounds);
    collector.reset(seed);
    for (let step = 1; step <= transitions; step++) {
      collector.step(explore);
      if (step % stretch !== 0 && step !== transitions) continue;
      hooks.onProgress?.({ done: step, total: transitions });
      await yieldToEvents();
      hooks.signal?.throwIfAborted();
    }
    const processBytes = process.memoryUsage.rss();
    const columns = [replay.observations, replay.nextObservations, replay.actions, replay.rewards];
    const ends = [replay.terminated, replay.truncated];
    const arrayBytes = [...columns, ...ends].reduce((sum, { byteLength }) => sum + byteLength, 0);
    return {
      ...{ env: id, transitions: replay.size, arrayBytes, bytesPerTransition: arrayBytes / replay.size },
      residentBytes: processBytes - before,
      processBytes,
      machine: describeMachine(),
    };
  } finally {
    env.close();
  }
}
