/**
 * Many random schedules of faults: `node test/scripts/rollout-faults.js --schedules 200 [--seed 1]`, after a build.
 *
 * Six of ten befall the way to an environment server (killed, paused, cut off, its messages dropped, doubled, cut short),
 * three of ten workers in one process, one of ten a training of the command with its learner and workers as processes. Each
 * must give, byte for byte, what the same gives undisturbed. Prints how long it took to go on after each kind of fault.
 */
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';

const { values } = parseArgs({
  options: { schedules: { type: 'string', default: '200' }, seed: { type: 'string', default: '1' } },
});
const schedules = Number(values.schedules);
const seed = Number(values.seed);
if (!Number.isSafeInteger(schedules) || schedules < 10 || !Number.isSafeInteger(seed) || seed < 0) {
  process.stderr.write('--schedules takes a whole number from 10, --seed one from 0.\n');
  process.exit(2);
}

const processes = Math.round(schedules / 10);
const workers = Math.round((3 * schedules) / 10);
const parts = [
  ['rollout-faults-workers', 'UNDERSTUDY_FAULT_SCHEDULES_WORKERS', workers],
  ['rollout-faults-processes', 'UNDERSTUDY_FAULT_SCHEDULES_PROCESSES', processes],
  ['rollout-faults.test', 'UNDERSTUDY_FAULT_SCHEDULES', schedules - workers - processes],
];

const directory = fileURLToPath(new URL('..', import.meta.url));
let failed = false;
for (const [file, variable, count] of parts) {
  const env = { ...process.env, UNDERSTUDY_FAULT_SEED: String(seed), [variable]: String(count) };
  const { status } = spawnSync('npx', ['vitest', 'run', file], { cwd: directory, env, stdio: 'inherit' });
  failed ||= status !== 0;
}
process.exit(failed ? 1 : 0);
