import { register } from '@understudy/gym';
import { BimodalActionEnv, bimodalActionOptionNames } from './bimodal-action-env.ts';
import { HiddenVelocityEnv } from './hidden-velocity-env.ts';
import { IntegratorTrackEnv, integratorTrackOptionNames } from './integrator-track-env.ts';
import { RecallEnv, recallOptionNames } from './recall-env.ts';

const lecture = {
  origin: "CMU 10-403's lectures on imitation learning (spring 2020).",
  differences: 'The slides state the phenomenon without an environment; this one is ours.',
};

register({
  id: 'BimodalAction-v0',
  entryPoint: (options) => new BimodalActionEnv(options),
  optionNames: bimodalActionOptionNames,
  module: import.meta.url,
  description: {
    task: 'Take one of two right actions; their mean is wrong.',
    observation: 'float64 `[1]`: a number in (-1, 1) that means nothing.',
    action: 'float32 `[1]`, or `[2]` with `dimensions: 2`.',
    reward: '1 less the mean squared distance to the nearer of all ones and all minus ones. One step.',
    ...lecture,
  },
});

register({
  id: 'IntegratorTrack-v0',
  entryPoint: (options) => new IntegratorTrackEnv(options),
  maxEpisodeSteps: 100,
  optionNames: integratorTrackOptionNames,
  module: import.meta.url,
  description: {
    task: 'Keep a mass on a straight track although it slips now and then.',
    observation: 'float64 `[2]`: position across the track and velocity.',
    action:
      'float32 `[1]`: acceleration, clipped to [-1, 1]; with chance `slip` (0.01) a full push to a random side instead.',
    reward: '-1 where the position is more than 0.5 off, else 0; 100 steps.',
    ...lecture,
  },
});

register({
  id: 'Recall-v0',
  entryPoint: (options) => new RecallEnv(options),
  optionNames: recallOptionNames,
  module: import.meta.url,
  description: {
    task: 'Name the cue that was shown at the start.',
    observation: 'float64 `[cues + 1]`: the cue, one-hot, in the first observation only; the last number asks for it.',
    action: 'A cue, 0 to `cues` - 1 (2 cues unless told).',
    reward: '1 for the right answer. Terminates with the answer, after `delay` + 1 steps (`delay` is 10 unless told).',
    ...lecture,
  },
});

register({
  id: 'HiddenVelocity-v0',
  entryPoint: () => new HiddenVelocityEnv(),
  maxEpisodeSteps: 100,
  module: import.meta.url,
  description: {
    task: 'Bring a mass without friction to rest at 0, seeing only where it is.',
    observation: 'float64 `[1]`: the position.',
    action: 'float32 `[1]`: acceleration, clipped to [-1, 1], for 0.1 s.',
    reward: 'Minus the squared position; 100 steps.',
    ...lecture,
  },
});
