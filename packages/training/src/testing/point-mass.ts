import { Box, Discrete, type EnvState, type VectorEnv } from '@understudy/gym';
import { defaultRng, type GeneratorState } from '@understudy/random';

/** How a {@link createPointMass} behaves. */
export interface PointMassOptions {
  count?: number;
  /** Steps until an episode is cut off. */
  horizon?: number;
  /** Three choices (left, stay, right) instead of a velocity. */
  discrete?: boolean;
  /** Every step is worth 1, whatever happens. */
  constantReward?: boolean;
}

/**
 * Points on a line that shall go to 0: the observation is the position, drawn from -2 to 2, the action the velocity,
 * at most 1 in size, and the reward minus the distance after the step. In same-step autoreset mode.
 */
export function createPointMass(options: PointMassOptions = {}): VectorEnv {
  const { count = 4, horizon = 10, discrete = false, constantReward = false } = options;
  const generator = defaultRng(0);
  const positions = new Float64Array(count);
  const steps = new Int32Array(count);
  const restart = (index: number) => {
    positions[index] = generator.uniform(-2, 2);
    steps[index] = 0;
  };
  const vector: VectorEnv = {
    id: 'PointMass-v0',
    count,
    autoresetMode: 'same-step',
    singleObservationSpace: new Box({ low: -Infinity, high: Infinity, shape: [1] }),
    singleActionSpace: discrete ? new Discrete(3) : new Box({ low: -1, high: 1, shape: [1] }),
    observationSize: 1,
    actionSize: 1,
    observations: new Float32Array(count),
    finalObservations: new Float32Array(count),
    rewards: new Float64Array(count),
    terminated: new Uint8Array(count),
    truncated: new Uint8Array(count),
    wasReset: new Uint8Array(count),
    resetInfos: [],
    reset({ seed } = {}) {
      if (seed !== undefined) generator.setState(defaultRng(seed).getState());
      for (let i = 0; i < count; i++) restart(i);
      vector.observations.set(positions);
    },
    resetAt: restart,
    step(actions) {
      for (let i = 0; i < count; i++) {
        if (!discrete && Math.abs(actions[i]) > 1) throw new Error(`The action ${actions[i]} is out of bounds.`);
        positions[i] += discrete ? 0.5 * (actions[i] - 1) : actions[i];
        vector.rewards[i] = constantReward ? 1 : -Math.abs(positions[i]);
        vector.truncated[i] = ++steps[i] === horizon ? 1 : 0;
        vector.finalObservations[i] = positions[i];
        if (vector.truncated[i] === 1) restart(i);
        vector.observations[i] = positions[i];
      }
    },
    // One generator serves them all, so the first state holds everything.
    saveState: () => [
      { positions: [...positions], steps: [...steps], generator: generator.getState() },
      ...Array.from({ length: count - 1 }, () => ({})),
    ],
    restoreState([state]) {
      const saved = state as EnvState & { positions: number[]; steps: number[]; generator: GeneratorState };
      positions.set(saved.positions);
      steps.set(saved.steps);
      generator.setState(saved.generator);
    },
    close() {},
  };
  return vector;
}
