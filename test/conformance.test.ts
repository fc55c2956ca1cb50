import { environmentIds, make } from '@understudy/envs';
import { describeEnvironment } from '@understudy/gym/testing/environment';

/** Options that keep an environment quick: Connect Four's exact opponent takes its time over the first moves. */
const quick: Readonly<Record<string, object>> = { 'ConnectFour-v0': { opening: '4444443233232526' } };

for (const id of environmentIds()) {
  describeEnvironment(id, (options) => make<unknown, unknown>(id, { ...quick[id], ...options }));
}
