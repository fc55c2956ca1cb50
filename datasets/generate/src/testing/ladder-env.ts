import { Box, type Env, type ResetOptions } from '@understudy/gym';
import { defaultRng } from '@understudy/random';
import type { AnyEnv, Policy } from '@understudy/training';

/**
 * Climbs by the action from a random height; the height is the observation, and each step earns it. Truncated after
 * `limit` steps, terminated above 100.
 */
export function ladderEnv(limit = 6): AnyEnv {
  let generator = defaultRng(0);
  let steps = 0;
  const qpos = new Float64Array(1);
  const qvel = new Float64Array(1);
  const observe = () => Float64Array.of(qpos[0]);
  const env: Partial<Env> & { simulation: unknown } = {
    id: 'Ladder-v0',
    observationSpace: new Box({
      low: Number.NEGATIVE_INFINITY,
      high: Number.POSITIVE_INFINITY,
      shape: [1],
      dtype: 'float64',
    }),
    actionSpace: new Box<Float32Array>({ low: -1, high: 1, shape: [1] }),
    simulation: { qpos, qvel },
    reset({ seed }: ResetOptions = {}) {
      if (seed !== undefined) generator = defaultRng(seed);
      qpos[0] = generator.integers(10);
      steps = 0;
      return { observation: observe(), info: {} };
    },
    step(action) {
      qvel[0] = action[0];
      qpos[0] += action[0];
      steps++;
      const terminated = qpos[0] > 100;
      return { observation: observe(), reward: qpos[0], terminated, truncated: steps === limit, info: {} };
    },
  };
  return Object.assign(env, { unwrapped: env }) as unknown as AnyEnv;
}

/** Always takes the same step. */
export function constantPolicy(step: number): Policy {
  return {
    metadata: { algorithm: `step ${step}`, environment: 'Ladder-v0', observationSize: 1, actionSize: 1 },
    act: () => Float32Array.of(step),
    actBatch() {},
  };
}
