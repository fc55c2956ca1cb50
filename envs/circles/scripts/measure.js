// Steps a second, vectorised in one thread, with random actions prepared beforehand; by the process's own CPU time, so
// that a busy machine tells the same: node scripts/measure.js [module id]
import { makeVector } from '@understudy/gym';

const [module = '@understudy/env-circles', id = 'Circles-v0'] = process.argv.slice(2);
await import(module);

for (const count of [64, 256, 1024]) {
  const env = await makeVector(id, { count, seed: 0 });
  const prepared = Array.from({ length: 256 }, () => randomActions(env));
  const rates = Array.from({ length: 7 }, () => measure(env, prepared)).sort((a, b) => a - b);
  console.log(`${id}, ${count} together: ${(rates[3] / 1e6).toFixed(2)} million steps a second (median of 7)`);
  env.close();
}

function randomActions(env) {
  const actions = new Float32Array(env.count * env.actionSize);
  for (let i = 0; i < env.count; i++) {
    const action = env.singleActionSpace.sample();
    if (typeof action === 'number') actions[i] = action;
    else actions.set(action, i * env.actionSize);
  }
  return actions;
}

function measure(env, prepared) {
  const start = process.cpuUsage();
  let steps = 0;
  let seconds = 0;
  while (seconds < 0.5) {
    for (const actions of prepared) env.step(actions);
    steps += prepared.length * env.count;
    const { user, system } = process.cpuUsage(start);
    seconds = (user + system) / 1e6;
  }
  return steps / seconds;
}
