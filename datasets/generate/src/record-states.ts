import type { StateDemonstrations } from '@understudy/d4rl';
import { InputError } from '@understudy/errors';
import { defaultRng } from '@understudy/random';
import { type AnyEnv, type Policy, recordEpisodes } from '@understudy/training';

/** Arguments of {@link recordStates}. */
export interface RecordStatesOptions {
  readonly demonstrations: number;
  readonly seed: number;
  /** Take the mode of the policy's distribution. */
  readonly deterministic: boolean;
  /** Steps after which a demonstration ends. */
  readonly horizon: number;
  /** What stands behind each observation: the velocity of the centre of mass, say. */
  readonly extra?: { readonly size: number; read(): ArrayLike<number> };
}

/** Demonstrations and what each of them earned. */
export interface RecordedStates {
  readonly demonstrations: StateDemonstrations;
  readonly returns: readonly number[];
}

/**
 * Records the states that a policy passes, the first and the last included, and nothing of what it did.
 *
 * @throws InputError when the policy doesn't fit the environment, or a number of steps or demonstrations is below 1.
 */
export async function recordStates(policy: Policy, env: AnyEnv, options: RecordStatesOptions): Promise<RecordedStates> {
  const { demonstrations: count, seed, deterministic, horizon, extra } = options;
  for (const [name, value] of Object.entries({ demonstrations: count, horizon })) {
    if (Number.isSafeInteger(value) && value > 0) continue;
    throw new InputError(`The option ${name} is ${value}, so give a whole number of at least 1.`);
  }
  const generator = defaultRng(seed);
  const size = env.observationSpace.flatSize;
  const stateSize = size + (extra?.size ?? 0);
  const readInfos = (): Record<string, ArrayLike<number>> => (extra ? { extra: extra.read() } : {});
  const parts: Float32Array[] = [];
  const returns: number[] = [];
  for (let i = 0; i < count; i++) {
    const recording = await recordEpisodes(policy, env, {
      episodes: 1,
      seed: generator.integers(2 ** 32),
      deterministic,
      readInfos,
    });
    const { observations, nextObservations, transitions, rewards, infos } = recording;
    const steps = Math.min(horizon, transitions);
    const states = new Float32Array((steps + 1) * stateSize);
    for (let step = 0; step <= steps; step++) {
      // What follows the last step is nowhere but in the next observations, and in the environment as it stands.
      const last = step === transitions;
      const seen = last
        ? nextObservations.subarray((step - 1) * size)
        : observations.subarray(step * size, (step + 1) * size);
      states.set(seen, step * stateSize);
      if (!extra) continue;
      const beside = last ? extra.read() : infos.extra.data.subarray(step * extra.size, (step + 1) * extra.size);
      states.set(beside, step * stateSize + size);
    }
    parts.push(states);
    let total = 0;
    for (let step = 0; step < steps; step++) total += rewards[step];
    returns.push(total);
  }
  return { demonstrations: joined(parts, stateSize), returns };
}

function joined(parts: readonly Float32Array[], stateSize: number): StateDemonstrations {
  const starts = new Int32Array(parts.length);
  const ends = new Int32Array(parts.length);
  const states = new Float32Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  parts.forEach((part, i) => {
    starts[i] = at / stateSize;
    states.set(part, at);
    at += part.length;
    ends[i] = at / stateSize;
  });
  return { demonstrations: parts.length, stateSize, starts, ends, states };
}
