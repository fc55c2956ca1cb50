/** Steps a second of each task beside the task of Gymnasium's that it is made of, in alternation. Needs built packages. */
import os from 'node:os';
import { multiModeIds } from '@understudy/env-multi-mode';
import { makeVector } from '@understudy/gym';

const bases = {
  Ant: 'Ant-v5',
  HalfCheetah: 'HalfCheetah-v5',
  Humanoid: 'Humanoid-v4',
  Walker2d: 'Walker2d-v4',
  Hopper: 'Hopper-v4',
};
const count = 4;
const rounds = 9;
/** Seconds of this process's own time, so that other programs on the machine matter less. */
const roundSeconds = 0.15;

/** Times rounds of an environment's steps under random actions. */
async function openTimer(id) {
  const envs = await makeVector(id, { count, seed: 0 });
  envs.singleActionSpace.seed(0);
  const sample = () => Array.from({ length: count }, () => [...envs.singleActionSpace.sample()]).flat();
  const actions = Array.from({ length: 50 }, () => Float32Array.from(sample()));
  return (seconds) => {
    const start = process.cpuUsage().user;
    const elapsed = () => (process.cpuUsage().user - start) / 1e6;
    let steps = 0;
    while (elapsed() < seconds) {
      for (const action of actions) envs.step(action);
      steps += count * actions.length;
    }
    return steps / elapsed();
  };
}

function median(values) {
  return values.sort((a, b) => a - b)[values.length >> 1];
}

console.log(
  `${os.cpus()[0].model}, Node ${process.version}, ${count} copies in one thread, median of ${rounds} rounds`,
);
for (const id of multiModeIds) {
  const base = bases[id.split('-')[0]];
  const timers = [await openTimer(id), await openTimer(base)];
  for (const time of timers) time(roundSeconds);
  const speeds = [[], []];
  for (let round = 0; round < rounds; round++) {
    for (const i of [0, 1]) speeds[i].push(timers[i](roundSeconds));
  }
  const [own, ofBase] = speeds.map(median);
  console.log(`${id} ${Math.round(own)}, ${base} ${Math.round(ofBase)}, ratio ${(own / ofBase).toFixed(2)}`);
}
