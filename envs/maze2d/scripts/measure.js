// Mean returns and D4RL scores of the waypoint controller and of random actions in the maze2d tasks, and steps a second;
// run `npm run build` first.
//
//   node scripts/measure.js [--episodes 100] [--seed 0] [--tasks maze2d-umaze-v1,maze2d-medium-v1,maze2d-large-v1]
//
// `replanned` makes a new plan in every episode; `as in D4RL` goes on with the plan of the first episode, which is how
// D4RL measured its reference maximum.
import { parseArgs } from 'node:util';
import { make } from '@understudy/gym';
import { maze2dScoreReferences, WaypointController } from '../dist/index.js';

const { values } = parseArgs({
  options: {
    episodes: { type: 'string', default: '100' },
    seed: { type: 'string', default: '0' },
    tasks: { type: 'string', default: 'maze2d-umaze-v1,maze2d-medium-v1,maze2d-large-v1' },
  },
});
const episodes = Number(values.episodes);
const seed = Number(values.seed);

/** One return an episode; `act(observation, target, episodeStarts)` gives the actions. */
function measureReturns(env, act) {
  const returns = [];
  for (let episode = 0; episode < episodes; episode++) {
    let { observation } = env.reset(episode === 0 ? { seed } : {});
    const { x, y } = env.unwrapped.target;
    let sum = 0;
    for (let step = 0, over = false; !over; step++) {
      const result = env.step(act(observation, [x, y], step === 0));
      sum += result.reward;
      over = result.terminated || result.truncated;
      observation = result.observation;
    }
    returns.push(sum);
  }
  return returns;
}

function report(id, name, returns) {
  const { min, max } = maze2dScoreReferences[id];
  const mean = returns.reduce((sum, value) => sum + value, 0) / returns.length;
  const variance = returns.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (returns.length - 1);
  const score = (value) => (100 * (value - min)) / (max - min);
  const error = Math.sqrt(variance / returns.length);
  const earned = returns.filter((value) => value > 0).length;
  console.log(
    `${id}  ${name.padEnd(11)}  return ${mean.toFixed(2)} +- ${error.toFixed(2)}  score ${score(mean).toFixed(1)} +- ` +
      `${((100 * error) / (max - min)).toFixed(1)}  (D4RL: ${min} random, ${max} controller)  ` +
      `episodes with a reward ${earned} of ${returns.length}`,
  );
}

for (const id of values.tasks.split(',')) {
  const env = await make(id);
  const { maze } = env.unwrapped;
  env.actionSpace.seed(seed);
  const replanned = new WaypointController(maze, { seed });
  const once = new WaypointController(maze, { seed });
  report(
    id,
    'random',
    measureReturns(env, () => env.actionSpace.sample()),
  );
  report(
    id,
    'replanned',
    measureReturns(env, (observation, target, starts) => {
      if (starts) replanned.reset();
      return replanned.control(observation, target);
    }),
  );
  report(
    id,
    'as in D4RL',
    measureReturns(env, (observation, target) => once.control(observation, target)),
  );

  const out = new Float32Array(4);
  const actions = Array.from({ length: 1000 }, () => env.actionSpace.sample());
  const steps = 40_000;
  env.reset({ seed });
  const start = performance.now();
  for (let i = 0; i < steps; i++) {
    const { truncated } = env.stepInto(actions[i % 1000], out, 0);
    if (truncated) env.reset();
  }
  const seconds = (performance.now() - start) / 1000;
  console.log(`${id}  ${Math.round(steps / seconds).toLocaleString('en')} steps a second with random actions`);
  env.close();
}
