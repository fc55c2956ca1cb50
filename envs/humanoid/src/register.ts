import { register } from '@understudy/gym';
import { HumanoidEnv, humanoidOptionNames } from './humanoid-env.ts';

for (const version of ['v4', 'v5'] as const) {
  register({
    id: `Humanoid-${version}`,
    entryPoint: (options) => HumanoidEnv.create(options, version),
    maxEpisodeSteps: 1000,
    optionNames: humanoidOptionNames[version],
    module: import.meta.url,
  });
}
