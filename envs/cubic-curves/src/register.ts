import { register } from '@understudy/gym';
import { CubicCurvesEnv } from './cubic-curves-env.ts';

register({
  id: 'CubicCurves-v0',
  entryPoint: () => new CubicCurvesEnv(),
  module: import.meta.url,
  description: {
    task: 'Draw a cubic from left to right, one point a step; four points of context are needed, and suffice.',
    observation: 'float64 `[2]`: x and y of the last point.',
    action: 'float32 `[1]`: step of y, clipped to [-1, 1]; x advances by 0.1.',
    reward:
      'Minus the squared fourth difference of the points, and 1 at the end if the fitted third-order coefficient is at least 0.5 in size. Terminates at x = 1, after 20 steps.',
    origin: 'Qin et al., "Learning non-Markovian Decision-Making from State-only Sequences" (2023).',
    differences:
      "The original imitates without a reward; this one is ours. The range of the demonstrations' slopes, not printed, is (-2.5, 2.5).",
  },
});
