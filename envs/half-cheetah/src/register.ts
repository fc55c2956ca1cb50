import { register } from '@understudy/gym';
import { HalfCheetahEnv, halfCheetahOptionNames } from './half-cheetah-env.ts';

for (const version of ['v4', 'v5'] as const) {
  register({
    id: `HalfCheetah-${version}`,
    entryPoint: (options) => HalfCheetahEnv.create(options, version),
    maxEpisodeSteps: 1000,
    rewardThreshold: 4800,
    optionNames: halfCheetahOptionNames,
    module: import.meta.url,
  });
}
