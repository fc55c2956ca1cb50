// How often and how fast the proportional controller reaches FetchReach's goals, and steps a second; run
// `npm run build` first.
//
//   node scripts/measure.js [--episodes 500] [--seed 0] [--gain 10] [--engine mujoco-js]
import { parseArgs } from 'node:util';
import { make } from '@understudy/gym';
import { proportionalController } from '../dist/index.js';

const { values } = parseArgs({
  options: {
    episodes: { type: 'string', default: '500' },
    seed: { type: 'string', default: '0' },
    gain: { type: 'string', default: '10' },
    engine: { type: 'string', default: 'mujoco-js' },
  },
});
const { engine } = values;
const episodes = Number(values.episodes);
const seed = Number(values.seed);
const env = await make('FetchReach-v4', { engine });

const act = proportionalController({ gain: Number(values.gain) });
const action = new Float32Array(4);
const firstSuccesses = [];
let successesAtEnd = 0;
let returns = 0;
for (let episode = 0; episode < episodes; episode++) {
  let { observation } = env.reset(episode === 0 ? { seed } : {});
  let first;
  for (let step = 1, over = false; !over; step++) {
    const result = env.step(act(observation.achieved_goal, observation.desired_goal, action));
    returns += result.reward;
    observation = result.observation;
    over = result.truncated;
    if (result.info.is_success === 1) first ??= step;
    if (over && result.info.is_success === 1) successesAtEnd++;
  }
  if (first !== undefined) firstSuccesses.push(first);
}
const mean = firstSuccesses.reduce((sum, step) => sum + step, 0) / firstSuccesses.length;
console.log(
  `FetchReach-v4 on ${engine}: ${firstSuccesses.length} of ${episodes} goals reached within 50 steps, ` +
    `${successesAtEnd} held at the end; first reached after ${mean.toFixed(2)} steps on average, ` +
    `${Math.max(...firstSuccesses)} at most; mean return ${(returns / episodes).toFixed(2)}`,
);

const out = new Float32Array(env.observationSpace.flatSize);
env.actionSpace.seed(seed);
const actions = Array.from({ length: 1000 }, () => env.actionSpace.sample());
const steps = 5000;
env.reset({ seed });
const start = performance.now();
for (let i = 0; i < steps; i++) {
  const { truncated } = env.stepInto(actions[i % actions.length], out, 0);
  if (truncated) env.reset();
}
const seconds = (performance.now() - start) / 1000;
console.log(`FetchReach-v4 on ${engine}: ${Math.round(steps / seconds)} steps a second with random actions`);
env.close();
