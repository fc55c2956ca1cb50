import { register } from '@understudy/gym';
import { Walker2dEnv, walker2dOptionNames } from './walker2d-env.ts';

for (const version of ['v4', 'v5'] as const) {
  register({
    id: `Walker2d-${version}`,
    entryPoint: (options) => Walker2dEnv.create(options, version),
    maxEpisodeSteps: 1000,
    optionNames: walker2dOptionNames,
    module: import.meta.url,
  });
}
