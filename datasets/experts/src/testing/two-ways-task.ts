import type { Expert, ExpertSource } from '../expert.ts';
import type { ExpertTask } from '../task.ts';

/** The task of {@link TwoWaysEnv}. */
export const twoWays: ExpertTask = {
  id: 'TwoWays-v0',
  environmentOptions: {},
  episodes: 4,
  modes: { kind: 'discrete', labels: ['left', 'right'] },
  recipe: {
    algorithm: 'nudge',
    conditioned: true,
    settings: { totalSteps: 320, envs: 2 },
  },
};

/** Goes the way of the mode at full force, less what the seed draws in the first step. */
export function twoWaysExpert(fingerprint = 'rule'): Expert {
  return {
    algorithm: 'scripted',
    fingerprint,
    act: ({ mode }) => Float32Array.of(mode === 1 ? 1 : -1),
  };
}

/** A source of that expert for all modes. */
export function twoWaysSource(expert: Expert = twoWaysExpert()): ExpertSource {
  return { name: 'scripted', expertOf: () => expert };
}
