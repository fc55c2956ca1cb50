import { register } from '@understudy/gym';
import { DrawingEnv, drawingSteps } from './drawing-env.ts';
import { type DrawingName, drawingNames } from './shapes.ts';

const shapes: Record<DrawingName, string> = {
  path1: 'an S-shaped path',
  circle: 'a circle, closed',
  mouse1: 'a stroke whose common stem ends in one of three tails',
  mouse2: 'a stroke with a loop that comes back close to its own start',
};

for (const name of drawingNames) {
  register({
    id: `Drawing${name[0].toUpperCase()}${name.slice(1)}-v0`,
    entryPoint: () => new DrawingEnv(name),
    maxEpisodeSteps: drawingSteps,
    module: import.meta.url,
    description: {
      task: `Redraw ${shapes[name]}, from the origin.`,
      observation: 'float64 `[2]`: the position.',
      action: 'float32 `[2]`: displacement, clipped to 0.4 on each axis.',
      reward:
        'Minus the distance to where the reference curve is when it is drawn at an even pace in 75 steps; the nearest branch where there are several. 75 steps.',
      origin: `He's thesis on energy-based imitation of trajectories (TU Darmstadt, 2021), data set ${name}.`,
      differences:
        'The shape is our own, after the description, since the figures are lost; reward and episode length are ours too. Arc length is 2 pi, so that the circle has radius 1.',
    },
  });
}
