import type { AutoresetMode, Env, EnvState, VectorEnv } from '@understudy/gym';

/** A small vector environment after the contract, for tests. */
export function sideBySide(
  envs: readonly Env<Float64Array, Float32Array>[],
  autoresetMode: AutoresetMode = 'same-step',
): VectorEnv {
  const count = envs.length;
  const [{ id, observationSpace, actionSpace }] = envs;
  const observationSize = observationSpace.flatSize;
  const actionSize = actionSpace.flatSize;
  const ended = new Uint8Array(count);
  const observe = (target: Float32Array, index: number, observation: Float64Array) =>
    target.set(observation, index * observationSize);
  const vector: VectorEnv = {
    id,
    count,
    autoresetMode,
    singleObservationSpace: observationSpace,
    singleActionSpace: actionSpace,
    observationSize,
    actionSize,
    observations: new Float32Array(count * observationSize),
    finalObservations: new Float32Array(count * observationSize),
    rewards: new Float64Array(count),
    terminated: new Uint8Array(count),
    truncated: new Uint8Array(count),
    wasReset: new Uint8Array(count),
    resetInfos: [],
    reset(options = {}) {
      envs.forEach((env, i) => {
        const seed = options.seed === undefined ? undefined : options.seed + i;
        observe(vector.observations, i, env.reset({ seed }).observation);
      });
    },
    resetAt(index) {
      observe(vector.observations, index, envs[index].reset().observation);
    },
    step(actions) {
      envs.forEach((env, i) => {
        vector.wasReset[i] = autoresetMode === 'next-step' ? ended[i] : 0;
        if (vector.wasReset[i] === 1) {
          observe(vector.observations, i, env.reset().observation);
          vector.rewards[i] = vector.terminated[i] = vector.truncated[i] = ended[i] = 0;
          return;
        }
        const result = env.step(actions.slice(i * actionSize, (i + 1) * actionSize));
        vector.rewards[i] = result.reward;
        vector.terminated[i] = result.terminated ? 1 : 0;
        vector.truncated[i] = result.truncated ? 1 : 0;
        ended[i] = vector.terminated[i] | vector.truncated[i];
        const restart = ended[i] === 1 && autoresetMode === 'same-step';
        if (restart) observe(vector.finalObservations, i, result.observation);
        observe(vector.observations, i, restart ? env.reset().observation : result.observation);
      });
    },
    saveState: () => envs.map((env) => env.saveState?.() as EnvState),
    restoreState: (states) => envs.forEach((env, i) => env.restoreState?.(states[i])),
    close: () => envs.forEach((env) => env.close()),
  };
  return vector;
}
