import { defaultRng } from '@understudy/random';
import { RolloutLearner, RolloutWorker } from '@understudy/rollout';
import { afterAll, expect, test } from 'vitest';
import {
  pointMassPlan,
  preparePointMass,
  runHere,
  runTraining,
} from '../packages/rollout/src/collection/testing/point-mass-training.ts';
import { befallConnection, connectionFaults } from '../packages/rollout/src/testing/befall-connection.ts';
import { FaultProxy } from '../packages/rollout/src/testing/fault-proxy.ts';
import { drawSchedule, type Fault, RecoveryTimes } from '../packages/rollout/src/testing/fault-schedule.ts';
import { MessageProxy } from '../packages/rollout/src/testing/message-proxy.ts';

/** More by `node scripts/rollout-faults.js --schedules 200`. */
const schedules = Number(process.env.UNDERSTUDY_FAULT_SCHEDULES_WORKERS ?? 3);
const firstSeed = Number(process.env.UNDERSTUDY_FAULT_SEED ?? 1);

const plan = pointMassPlan({ envs: 6, parts: 3, iterations: 30 });

const kinds = ['vanish', 'leave', 'rebind', ...connectionFaults] as const;
type Kind = (typeof kinds)[number];

/** A worker, and the way from it to the learner. */
class Post {
  readonly proxy: FaultProxy;
  readonly messages: MessageProxy;
  readonly #stop = new AbortController();
  readonly #ended: Promise<unknown>;

  private constructor(proxy: FaultProxy, messages: MessageProxy) {
    this.proxy = proxy;
    this.messages = messages;
    const prepare = preparePointMass(plan, 1);
    const options = { address: messages.address, prepare, reconnectSeconds: 30, signal: this.#stop.signal };
    this.#ended = new RolloutWorker(options).run().catch((error) => error);
  }

  static async open(learner: string, seed: number): Promise<Post> {
    const proxy = await FaultProxy.listen(learner);
    return new Post(proxy, await MessageProxy.bind(proxy.address, defaultRng(seed)));
  }

  /** The worker says farewell, if anything it says arrives. */
  async end(): Promise<unknown> {
    this.#stop.abort();
    const ended = await this.#ended;
    for (const [what, count] of Object.entries(this.messages.counts)) befallen[what] = (befallen[what] ?? 0) + count;
    this.messages.close();
    await this.proxy.close();
    return ended;
  }
}

/** Two workers at a learner, and what happens on the way. */
class Course {
  readonly #learner: RolloutLearner;
  readonly #seed: number;
  readonly #posts: Post[] = [];
  readonly #gone: Promise<unknown>[] = [];
  #hired = 0;

  constructor(learner: RolloutLearner, seed: number) {
    this.#learner = learner;
    this.#seed = seed;
  }

  async hire(): Promise<void> {
    this.#posts.push(await Post.open(this.#learner.address, 1_000 * this.#seed + this.#hired++));
  }

  async befall({ kind, milliseconds }: Fault<Kind>): Promise<unknown> {
    const [post] = this.#posts;
    switch (kind) {
      case 'vanish':
        // As a killed process or a dead machine: not a word comes through any more; another one is hired.
        void post.proxy.refuse(60_000);
        this.#posts.shift();
        await this.hire();
        return this.#gone.push(post.end());
      case 'leave':
        this.#posts.shift();
        await this.hire();
        return this.#gone.push(post.end());
      case 'rebind':
        return this.#learner.rebind();
      default:
        return befallConnection({ kind, milliseconds }, post);
    }
  }

  async close(): Promise<void> {
    await Promise.all([...this.#posts.map((post) => post.end()), ...this.#gone]);
  }
}

async function runSchedule(seed: number, recovery: RecoveryTimes<Kind>): Promise<string> {
  const faults = drawSchedule(seed, { kinds, work: plan.iterations, faults: 6, maxMilliseconds: 800 });
  const taken = new Map<string, number>();
  let iteration = 0;
  let begunAt = performance.now();
  let last: Promise<unknown> = Promise.resolve();
  const learner = await RolloutLearner.bind(plan, {
    address: 'tcp://127.0.0.1:*',
    heartbeatSeconds: 0.2,
    withoutWorkers: 'wait',
    onEvent(event) {
      if (event.type !== 'result-taken') return;
      const key = `${event.iteration}/${event.shard}`;
      taken.set(key, (taken.get(key) ?? 0) + event.rows);
      if (event.iteration <= iteration) return;
      recovery.done(begunAt);
      iteration = event.iteration;
      begunAt = performance.now();
      for (const fault of faults.filter(({ after }) => after === iteration)) {
        recovery.begin(fault.kind);
        last = last.then(() => course.befall(fault));
      }
    },
  });
  const course = new Course(learner, seed);
  try {
    await course.hire();
    await course.hire();
    const text = await runTraining(plan, learner);
    const rows = plan.shards.map(({ count }) => plan.steps * count);
    expect(taken.size).toBe(plan.iterations * plan.shards.length);
    for (const [key, count] of taken) expect(count, key).toBe(rows[Number(key.split('/')[1])]);
    return text;
  } finally {
    await last;
    await learner.close();
    await course.close();
  }
}

const recovery = new RecoveryTimes<Kind>();
/** What befell single messages, over all schedules. */
const befallen: Record<string, number> = {};
afterAll(() => {
  console.log(`workers, ${schedules} schedules: recovery ${recovery.describe()}`);
  console.log(`messages: ${JSON.stringify(befallen)}`);
});

test.each(Array.from({ length: schedules }, (_, i) => firstSeed + i))(
  'no transition is lost, counted twice or of another policy, whatever befalls workers: schedule %i',
  { timeout: 120_000 },
  async (seed) => {
    expect(await runSchedule(seed, recovery)).toBe(await runHere(plan));
  },
);
