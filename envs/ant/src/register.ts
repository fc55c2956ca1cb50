import { register } from '@understudy/gym';
import { AntEnv, antOptionNames } from './ant-env.ts';

for (const version of ['v4', 'v5'] as const) {
  register({
    id: `Ant-${version}`,
    entryPoint: (options) => AntEnv.create(options, version),
    maxEpisodeSteps: 1000,
    rewardThreshold: 6000,
    optionNames: antOptionNames[version],
    module: import.meta.url,
  });
}
