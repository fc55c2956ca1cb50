import { defaultRng } from '@understudy/random';
import type { Demonstrations } from '../demonstrations.ts';

/** The matrix, `[3, 2]`, and the standard deviations of the linear expert. */
export const linearExpert = { matrix: [0.5, -1, 1, 0.3, -0.2, 0.8], deviations: [0.1, 0.4] };

/** An expert that acts linearly in the observation with Gaussian noise; observations have unlike scales. */
export function linearDemonstrations(episodes: number, length: number, seed: number): Demonstrations {
  const generator = defaultRng(seed);
  const transitions = episodes * length;
  const observations = new Float64Array(3 * transitions);
  const actions = new Float32Array(2 * transitions);
  for (let row = 0; row < transitions; row++) {
    const features = [generator.standardNormal(), generator.standardNormal(), generator.standardNormal()];
    features.forEach((feature, i) => {
      observations[3 * row + i] = 10 ** i * feature + 5;
    });
    for (let j = 0; j < 2; j++) {
      const mean = features.reduce((sum, feature, i) => sum + feature * linearExpert.matrix[2 * i + j], 0);
      actions[2 * row + j] = mean + linearExpert.deviations[j] * generator.standardNormal();
    }
  }
  const ranges = Array.from({ length: episodes }, (_, i) => ({
    start: i * length,
    end: (i + 1) * length,
    complete: true,
  }));
  return { transitions, observationSize: 3, actionSize: 2, observations, actions, episodes: ranges };
}

/** An expert that goes left or right with equal probability, whatever it sees. */
export function bimodalDemonstrations(transitions: number, seed: number): Demonstrations {
  const generator = defaultRng(seed);
  return {
    transitions,
    observationSize: 1,
    actionSize: 1,
    observations: Float32Array.from({ length: transitions }, () => generator.uniform(-1, 1)),
    actions: Float32Array.from({ length: transitions }, () => (generator.random() < 0.5 ? -1 : 1)),
  };
}
