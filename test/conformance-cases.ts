import { environmentIds, make } from '@understudy/envs';
import { describeEnvironment } from '@understudy/gym/testing/environment';

/** Options that keep an environment quick: Connect Four's exact opponent takes its time over the first moves. */
const quick: Readonly<Record<string, object>> = { 'ConnectFour-v0': { opening: '4444443233232526' } };

/** Ants in mazes: half of the work, so that two processes can share it. */
export const isAntMaze = (id: string) => /^ant-?maze/i.test(id);

/** Runs the one suite that all environments pass over those that are chosen. */
export function describeEnvironments(choose: (id: string) => boolean): void {
  for (const id of environmentIds().filter(choose)) {
    describeEnvironment(id, (options) => make<unknown, unknown>(id, { ...quick[id], ...options }));
  }
}
