import { register } from '@understudy/gym';
import { HopperEnv, hopperOptionNames } from './hopper-env.ts';

for (const version of ['v4', 'v5'] as const) {
  register({
    id: `Hopper-${version}`,
    entryPoint: (options) => HopperEnv.create(options, version),
    maxEpisodeSteps: 1000,
    rewardThreshold: 3800,
    optionNames: hopperOptionNames,
    module: import.meta.url,
  });
}
