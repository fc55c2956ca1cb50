import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { afterAll, expect, test } from 'vitest';
import { FaultProxy } from '../packages/rollout/src/testing/fault-proxy.ts';
import { drawSchedule, type Fault, RecoveryTimes } from '../packages/rollout/src/testing/fault-schedule.ts';
import { runUnderstudy, temporaryDirectory } from './run-understudy.ts';

/** More by `node scripts/rollout-faults.js --schedules 200`. */
const schedules = Number(process.env.UNDERSTUDY_FAULT_SCHEDULES_PROCESSES ?? 1);
const firstSeed = Number(process.env.UNDERSTUDY_FAULT_SEED ?? 1);

const command = fileURLToPath(new URL('../tools/cli/bin/understudy.js', import.meta.url));
const iterations = 24;
const settings = ['envs=4', 'shards=4', 'steps=256', 'epochs=2', 'checkpointEvery=2', 'hiddenSizes=[32,32]'];
const training = [
  'train',
  'ppo',
  ...['--env', 'CartPole-v1', '--seed', '5', '--steps', String(iterations * 4 * 256)],
  ...settings.flatMap((setting) => ['--set', setting]),
];

const kinds = ['kill-worker', 'pause-worker', 'kill-learner', 'pause-learner', 'cut', 'swallow', 'stall'] as const;
type Kind = (typeof kinds)[number];

/** The bytes of every file in a run directory that holds results. */
function results(run: string): Record<string, string> {
  const checkpoints = readdirSync(join(run, 'checkpoints')).map((name) => join('checkpoints', name));
  const files = ['metrics.jsonl', 'policy.safetensors', ...checkpoints.sort()];
  return Object.fromEntries(files.map((name) => [name, readFileSync(join(run, name)).toString('base64')]));
}

/** Whole iterations in a run's metrics. */
function iterationsOf(run: string): number {
  try {
    return readFileSync(join(run, 'metrics.jsonl'), 'utf8').split('\n').length - 1;
  } catch {
    return 0;
  }
}

function start(args: readonly string[]): ChildProcess {
  return spawn(process.execPath, [command, ...args], { stdio: ['ignore', 'ignore', 'pipe'] });
}

async function kill(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const exited = once(child, 'exit');
  child.kill('SIGKILL');
  await exited;
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as { port: number };
  await new Promise((resolve) => server.close(resolve));
  return port;
}

/** A learner, two workers and the way between them, all of them processes of the command. */
class Course {
  readonly run: string;
  readonly #address: string;
  readonly #proxy: FaultProxy;
  readonly #workers: ChildProcess[] = [];
  learner: ChildProcess;
  said = '';

  private constructor(run: string, address: string, proxy: FaultProxy) {
    this.run = run;
    this.#address = address;
    this.#proxy = proxy;
    this.learner = this.#startLearner();
    for (let i = 0; i < 2; i++) this.#workers.push(this.#startWorker());
  }

  static async open(run: string): Promise<Course> {
    const address = `tcp://127.0.0.1:${await freePort()}`;
    return new Course(run, address, await FaultProxy.listen(address));
  }

  #startLearner(...more: string[]): ChildProcess {
    const listening = ['--listen', this.#address, '--without-workers', 'wait', '--out', this.run];
    const learner = start([...training, ...listening, ...more]);
    learner.stderr!.on('data', (text) => {
      this.said += text;
    });
    return learner;
  }

  #startWorker(): ChildProcess {
    return start(['worker', '--connect', this.#proxy.address]);
  }

  async befall({ kind, milliseconds }: Fault<Kind>): Promise<unknown> {
    switch (kind) {
      case 'kill-worker':
        await kill(this.#workers.shift()!);
        return this.#workers.push(this.#startWorker());
      case 'pause-worker':
        return pause(this.#workers[0], milliseconds);
      case 'kill-learner': {
        if (this.learner.exitCode !== null) return;
        await kill(this.learner);
        this.learner = this.#startLearner(...(existsSync(join(this.run, 'config.json')) ? ['--resume'] : []));
        return;
      }
      case 'pause-learner':
        return pause(this.learner, milliseconds);
      case 'cut':
        return this.#proxy.cut();
      case 'swallow':
        return this.#proxy.swallow(milliseconds);
      case 'stall':
        return this.#proxy.stall(milliseconds);
    }
  }

  async close(): Promise<void> {
    await Promise.all([this.learner, ...this.#workers].map(kill));
    await this.#proxy.close();
  }
}

async function pause(child: ChildProcess, milliseconds: number): Promise<void> {
  child.kill('SIGSTOP');
  await sleep(milliseconds);
  child.kill('SIGCONT');
}

async function runSchedule(seed: number, run: string, recovery: RecoveryTimes<Kind>): Promise<void> {
  const faults = drawSchedule(seed, { kinds, work: iterations - 2, faults: 4, maxMilliseconds: 1_500 });
  const course = await Course.open(run);
  let done = 0;
  let begunAt = performance.now();
  try {
    while (course.learner.exitCode === null) {
      await sleep(10);
      const now = iterationsOf(run);
      if (now === done) continue;
      // A learner that resumes goes back to its last checkpoint.
      if (now > done) recovery.done(begunAt);
      done = now;
      begunAt = performance.now();
      while (faults.length > 0 && faults[0].after <= done) {
        const fault = faults.shift()!;
        recovery.begin(fault.kind);
        await course.befall(fault);
      }
    }
    expect(course.learner.exitCode, course.said).toBe(0);
  } finally {
    await course.close();
  }
}

const recovery = new RecoveryTimes<Kind>();
afterAll(() => console.log(`processes, ${schedules} schedules: recovery ${recovery.describe()}`));

test('training comes out the same, byte for byte, whatever befalls its processes', {
  timeout: 120_000 * (schedules + 1),
}, async () => {
  const directory = temporaryDirectory();
  const whole = join(directory, 'whole');
  const { status, stderr } = runUnderstudy(...training, '--out', whole);
  expect(status, stderr).toBe(0);
  const expected = results(whole);
  for (let seed = firstSeed; seed < firstSeed + schedules; seed++) {
    const run = join(directory, `schedule-${seed}`);
    await runSchedule(seed, run, recovery);
    expect(results(run), `schedule ${seed}`).toEqual(expected);
  }
});
