import { createHash } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { make } from '@understudy/envs';
import { SyncVectorEnv } from '@understudy/gym';
import { defaultRng } from '@understudy/random';
import { connect } from '@understudy/rollout';
import { afterAll, expect, test } from 'vitest';
import { befallConnection, connectionFaults } from '../packages/rollout/src/testing/befall-connection.ts';
import { FaultProxy } from '../packages/rollout/src/testing/fault-proxy.ts';
import { drawSchedule, type Fault, RecoveryTimes } from '../packages/rollout/src/testing/fault-schedule.ts';
import { MessageProxy } from '../packages/rollout/src/testing/message-proxy.ts';
import { ServerProcess } from './rollout-server-process.ts';

/** More by `node scripts/rollout-faults.js --schedules 200`. */
const schedules = Number(process.env.UNDERSTUDY_FAULT_SCHEDULES ?? 3);
const firstSeed = Number(process.env.UNDERSTUDY_FAULT_SEED ?? 1);

const environment = 'CartPole-v1';
const count = 4;
const steps = 300;
const seed = 11;

const kinds = ['kill', 'pause', ...connectionFaults] as const;
type Kind = (typeof kinds)[number];

/** What a vector environment gives, step by step. */
type Rows = Pick<SyncVectorEnv, 'observations' | 'rewards' | 'terminated' | 'truncated' | 'wasReset'>;

/** Everything that came out of a run, in one text. */
class Transcript {
  readonly #hash = createHash('sha256');
  steps = 0;

  add({ observations, rewards, terminated, truncated, wasReset }: Rows): void {
    for (const { buffer, byteOffset, byteLength } of [observations, rewards, terminated, truncated, wasReset]) {
      this.#hash.update(new Uint8Array(buffer, byteOffset, byteLength));
    }
    this.steps++;
  }

  digest(): string {
    return `${this.steps} ${this.#hash.digest('hex')}`;
  }
}

/** Actions that depend on what was seen, so that one lost or repeated step changes everything after it. */
function act(rows: Rows, noise: ReturnType<typeof defaultRng>): Float32Array {
  return Float32Array.from({ length: count }, (_, i) => {
    const lean = rows.observations[4 * i + 2] + rows.observations[4 * i + 3] + 0.3 * (noise.random() - 0.5);
    return lean > 0 ? 1 : 0;
  });
}

async function undisturbed(): Promise<string> {
  const envs = await Promise.all(Array.from({ length: count }, () => make(environment)));
  const env = new SyncVectorEnv(envs);
  const transcript = new Transcript();
  const noise = defaultRng(seed);
  env.reset({ seed });
  for (let step = 0; step < steps; step++) {
    env.step(act(env, noise));
    transcript.add(env);
  }
  return transcript.digest();
}

/** Client, message proxy, TCP proxy, server process: one training's path, and what happens on it. */
class Course {
  server!: ServerProcess;
  proxy!: FaultProxy;
  messages!: MessageProxy;

  async open(scheduleSeed: number): Promise<void> {
    this.server = await ServerProcess.start({ environments: [{ id: environment }] });
    this.proxy = await FaultProxy.listen(this.server.address);
    this.messages = await MessageProxy.bind(this.proxy.address, defaultRng(1_000_000 + scheduleSeed));
  }

  async close(): Promise<void> {
    for (const [what, count] of Object.entries(this.messages.counts)) befallen[what] = (befallen[what] ?? 0) + count;
    this.messages.close();
    await this.proxy.close();
    await this.server.end('SIGKILL');
  }

  async befall({ kind, milliseconds }: Fault<Kind>): Promise<unknown> {
    switch (kind) {
      case 'kill': {
        const { address } = this.server;
        await this.server.end('SIGKILL');
        this.server = await ServerProcess.start({ address, environments: [{ id: environment }] });
        return;
      }
      case 'pause': {
        const { child } = this.server;
        child.kill('SIGSTOP');
        await sleep(milliseconds);
        return child.kill('SIGCONT');
      }
      default:
        return befallConnection({ kind, milliseconds }, this);
    }
  }
}

async function runSchedule(scheduleSeed: number, recovery: RecoveryTimes<Kind>): Promise<string> {
  const faults = drawSchedule(scheduleSeed, { kinds, work: steps, faults: 5 });
  const course = new Course();
  await course.open(scheduleSeed);
  const under: Promise<unknown>[] = [];
  let last: Promise<unknown> = Promise.resolve();
  try {
    const client = await connect(course.messages.address, { retrySeconds: 0.25, requestSeconds: 60 });
    const env = await client.makeAsyncVector(environment, { count, seed, recover: { everySteps: 32 } });
    client.close();
    const transcript = new Transcript();
    const noise = defaultRng(seed);
    for (let step = 0; step < steps; step++) {
      for (const fault of faults) {
        if (fault.after !== step) continue;
        recovery.begin(fault.kind);
        // One after the other, so that a killed server isn't paused, and the like.
        last = last.then(() => course.befall(fault));
        under.push(last);
      }
      const askedAt = performance.now();
      await env.step(act(env.rows as Rows, noise));
      transcript.add(env.rows as Rows);
      recovery.done(askedAt);
    }
    await Promise.all(under);
    await env.close();
    return transcript.digest();
  } finally {
    await last.catch(() => {});
    await course.close();
  }
}

const recovery = new RecoveryTimes<Kind>();
/** What befell single messages, over all schedules. */
const befallen: Record<string, number> = {};
afterAll(() => {
  console.log(`environments, ${schedules} schedules: recovery ${recovery.describe()}`);
  console.log(`messages: ${JSON.stringify(befallen)}`);
});

test.each(Array.from({ length: schedules }, (_, i) => firstSeed + i))(
  'no step is lost or done twice, whatever befalls the way to the server: schedule %i',
  { timeout: 120_000 },
  async (scheduleSeed) => {
    expect(await runSchedule(scheduleSeed, recovery)).toBe(await undisturbed());
  },
);

test('an idle client keeps its session, also after its connection was cut', { timeout: 60_000 }, async () => {
  const server = await ServerProcess.start({ environments: [{ id: environment }], leaseSeconds: 2 });
  const proxy = await FaultProxy.listen(server.address);
  const client = await connect(proxy.address, { retrySeconds: 0.25, requestSeconds: 5 });
  const env = await client.makeAsyncVector(environment, { count, seed });
  client.close();
  await env.step(new Float32Array(count));
  proxy.cut();
  await sleep(5_000);
  await env.step(new Float32Array(count));
  expect(env.recoveries).toBe(0);
  await env.close();
  await proxy.close();
  await server.end('SIGKILL');
});
