// Steps a second of the ant in mazes beside Ant-v5, in one thread; run `npm run build` first.
//
//   node scripts/measure.js [--steps 4000] [ids ...]
import { parseArgs } from 'node:util';
import { make } from '@understudy/gym';
import '@understudy/env-ant';
import '@understudy/env-ant-maze';

const { values, positionals } = parseArgs({ options: { steps: { type: 'string' } }, allowPositionals: true });
const steps = Number(values.steps ?? 4000);
const ids = positionals.length > 0 ? positionals : ['AntMaze_UMaze-v5', 'AntMaze_Large-v5', 'antmaze-umaze-v2'];

/** Time that this process has computed for, ms: other programs on the machine don't count. */
const cpuMs = () => process.cpuUsage().user / 1000;

/** Steps a second of random actions, episodes of the id's own length. */
function measure(env) {
  const out = new Float32Array(env.observationSpace.flatSize);
  const actions = Array.from({ length: 64 }, () => env.actionSpace.sample());
  env.reset();
  const start = cpuMs();
  for (let i = 0; i < steps; i++) {
    const { terminated, truncated } = env.stepInto(actions[i % actions.length], out, 0);
    if (terminated || truncated) env.reset();
  }
  return (1000 * steps) / (cpuMs() - start);
}

const envs = await Promise.all(['Ant-v5', ...ids].map((id) => make(id)));
for (const env of envs) {
  env.reset({ seed: 0 });
  env.actionSpace.seed(0);
}
const best = envs.map(() => 0);
// Rounds take turns, so that a busy machine slows all of them.
for (let round = 0; round < 5; round++) {
  for (const [i, env] of envs.entries()) best[i] = Math.max(best[i], measure(env));
}
for (const [i, env] of envs.entries()) {
  console.log(`${env.id}: ${Math.round(best[i])} steps/s, ${(best[i] / best[0]).toFixed(2)} of Ant-v5`);
}
