import { setTimeout as sleep } from 'node:timers/promises';
import { InputError } from '@understudy/errors';
import type { ShardPlan } from '@understudy/training';
import { expect, onTestFinished, test, vi } from 'vitest';
import { decodeMessage, encodeMessage } from '../protocol/codec.ts';
import type { AnyMessage, MessageType } from '../protocol/messages.ts';
import { ClientSocket } from '../transport/index.ts';
import type { RolloutLearnerOptions } from './learner-options.ts';
import type { RolloutEvent } from './rollout-events.ts';
import { RolloutLearner } from './rollout-learner.ts';
import { RolloutWorker } from './rollout-worker.ts';
import {
  createPointMassCollector,
  pointMassPlan,
  preparePointMass,
  runHere,
  runTraining,
} from './testing/point-mass-training.ts';
import type { RolloutWorkerOptions } from './worker-options.ts';

const quick = { heartbeatSeconds: 0.1 };

async function bind(plan: ShardPlan, options: Partial<RolloutLearnerOptions> = {}) {
  const events: RolloutEvent[] = [];
  const learner = await RolloutLearner.bind(plan, {
    address: 'tcp://127.0.0.1:*',
    ...quick,
    onEvent: (event) => events.push(event),
    ...options,
  });
  onTestFinished(() => learner.close());
  return { learner, events };
}

/** Starts a worker; `stop` is as sudden as a signal lets it be, `ended` tells why it ended. */
function work(address: string, plan: ShardPlan, options: Partial<RolloutWorkerOptions> = {}) {
  const abort = new AbortController();
  const worker = new RolloutWorker({ address, prepare: preparePointMass(plan), signal: abort.signal, ...options });
  const ended = worker.run();
  ended.catch(() => {});
  onTestFinished(async () => {
    abort.abort();
    await ended.catch(() => {});
  });
  return { worker, ended, stop: () => abort.abort() };
}

const taken = (events: readonly RolloutEvent[]) =>
  events.flatMap((event) => (event.type === 'result-taken' ? [`${event.iteration}/${event.shard}`] : []));

test.each([
  { parts: 1, workers: 1, staleness: 0 },
  { parts: 2, workers: 1, staleness: 0 },
  { parts: 2, workers: 2, staleness: 0, address: 'inproc://collection' },
  { parts: 4, workers: 3, staleness: 1 },
])('workers give what one process gives: %o', async ({ workers, address, ...options }) => {
  const plan = pointMassPlan(options);
  const { learner, events } = await bind(plan, address === undefined ? {} : { address });
  const crew = Array.from({ length: workers }, () => work(learner.address, plan));
  const outcome = await runTraining(plan, learner);
  expect(outcome).toBe(await runHere(plan));
  expect(taken(events).toSorted()).toEqual(
    Array.from(
      { length: plan.iterations * options.parts },
      (_, i) => `${Math.floor(i / options.parts)}/${i % options.parts}`,
    ),
  );
  await learner.close();
  expect(await Promise.all(crew.map(({ ended }) => ended))).toEqual(crew.map(() => 'The training has ended.'));
});

test('workers come, are stopped and cut off, and nothing is lost or counted twice', async () => {
  const plan = pointMassPlan({ parts: 3, envs: 6, iterations: 30 });
  const { learner, events } = await bind(plan);
  const outcome = runTraining(plan, learner);
  const slow = { prepare: preparePointMass(plan, 2) };
  const first = work(learner.address, plan, slow);
  work(learner.address, plan, slow);
  let cuts = 0;
  const disturb = setInterval(() => {
    cuts++;
    // All connections are lost at once, and whoever is still there comes back.
    void learner.rebind();
    if (cuts === 1) first.stop();
    if (cuts === 2) work(learner.address, plan, slow);
  }, 150);
  onTestFinished(() => clearInterval(disturb));
  expect(await outcome).toBe(await runHere(plan));
  expect(new Set(taken(events)).size).toBe(taken(events).length);
  expect(taken(events).length).toBe(90);
});

test('a worker goes over to the next learner at its address', async () => {
  const plan = pointMassPlan();
  const { learner: first } = await bind(plan);
  const { address } = first;
  const worker = work(address, plan);
  await runTraining({ ...plan, iterations: 3 }, first);
  await first.abandon();
  // In one process the system frees the port a moment after it is closed.
  const { learner: second } = await vi.waitFor(() => bind(plan, { address }), { timeout: 5000 });
  expect(await runTraining(plan, second)).toBe(await runHere(plan));
  await second.close();
  expect(await worker.ended).toBe('The training has ended.');
});

test('without workers a training fails in bounded time, or collects itself until one comes', async () => {
  const plan = pointMassPlan();
  const { learner, events } = await bind(plan, { patienceSeconds: 0.2 });
  await expect(runTraining(plan, learner)).rejects.toThrow(/^No worker was there at tcp:.* for 0\.2 s: start one/);
  expect(events.some(({ type }) => type === 'no-workers')).toBe(true);

  const createCollector = createPointMassCollector(plan);
  const own = await bind(plan, { patienceSeconds: 0.1, withoutWorkers: 'collect', createCollector });
  expect(await runTraining(plan, own.learner)).toBe(await runHere(plan));
  expect(taken(own.events)).toHaveLength(12);

  const abort = new AbortController();
  const waiting = await bind(plan, { withoutWorkers: 'wait', signal: abort.signal });
  setTimeout(() => abort.abort(), 50);
  await expect(runTraining(plan, waiting.learner)).rejects.toThrow(/abort/);
});

test('what no worker can collect ends the training with its sentence, what one cannot is tried three times', async () => {
  const plan = pointMassPlan();
  const failing = (error: Error) => async () => ({
    createCollector: async () => {
      throw error;
    },
  });
  const { learner } = await bind(plan);
  work(learner.address, plan, { prepare: failing(new InputError('There is no such environment.')) });
  await expect(runTraining(plan, learner)).rejects.toThrow(/There is no such environment\./);

  const { learner: other, events } = await bind(plan);
  work(other.address, plan, { prepare: failing(new Error('broken')) });
  await expect(runTraining(plan, other)).rejects.toThrow(/^Shard \d failed 3 times: broken$/);
  expect(events.filter(({ type }) => type === 'refused').length).toBeGreaterThanOrEqual(3);
});

test('no learner at the address is told in bounded time, and so is a foreign service', async () => {
  const plan = pointMassPlan();
  const lonely = work('tcp://127.0.0.1:9', plan, { connectSeconds: 0.5 });
  await expect(lonely.ended).rejects.toThrow(
    /^No learner answered at tcp:\/\/127\.0\.0\.1:9 within 0\.5 s; nobody listens there: start one/,
  );
});

/** A worker made by hand. */
async function manual(address: string, name: string) {
  const socket = ClientSocket.connect({ address });
  onTestFinished(() => socket.close());
  const send = (...message: Parameters<typeof encodeMessage>) => socket.send(encodeMessage(...message));
  const next = async <T extends MessageType>(type: T): Promise<AnyMessage<T>> => {
    for (;;) {
      const frames = await socket.receive(5000);
      if (!frames) throw new Error(`No ${type} came.`);
      const message = decodeMessage(frames);
      if (message.type === type) return message as AnyMessage<T>;
    }
  };
  const greet = async () => {
    await send({ type: 'hello', request: 1, body: { versions: [1], service: 'rollout', software: 'test' } });
    await next('welcome');
    await send({ type: 'ready', body: { worker: name, credits: 8 } });
    return (await next('setup')).body;
  };
  return { socket, send, next, greet };
}

test('a task that its worker does not know of is given again', async () => {
  const plan = pointMassPlan({ parts: 1, iterations: 2 });
  const { learner, events } = await bind(plan);
  const outcome = runTraining(plan, learner);
  const { send, next, greet } = await manual(learner.address, 'forgetful');
  await greet();
  await next('task');
  for (let i = 0; i < 3; i++) await send({ type: 'heartbeat', body: { tasks: [] } });
  await next('task');
  expect(events).toContainEqual(expect.objectContaining({ type: 'task-lost', worker: 'forgetful', shard: 0 }));
  // Now it falls silent, and its work goes to the next who comes.
  work(learner.address, plan);
  expect(await outcome).toBe(await runHere(plan));
  expect(events).toContainEqual(expect.objectContaining({ type: 'worker-lost', worker: 'forgetful', shards: [0] }));
});

test('a stranger is asked to greet, and wrong results are refused and not taken', async () => {
  const plan = pointMassPlan({ parts: 1, iterations: 1 });
  const { learner, events } = await bind(plan);
  const outcome = runTraining(plan, learner);
  const { send, next, greet } = await manual(learner.address, 'liar');
  await send({ type: 'heartbeat', body: { tasks: [] } });
  expect((await next('error')).body.code).toBe('unknown-session');
  const { run } = await greet();
  await next('task');
  const wrong = async (body: object, code: string, arrays = {}) => {
    const result = { run, iteration: 0, shard: 0, policyVersion: 0, ...body };
    await send({ type: 'result', body: result, arrays });
    expect((await next('error')).body.code).toBe(code);
  };
  await wrong({ policyVersion: 1 }, 'stale');
  await wrong({ shard: 7 }, 'invalid');
  await wrong({}, 'malformed');
  await wrong({}, 'malformed', {
    'rollout.truncatedRows': { dtype: 'i32', shape: [1], data: Int32Array.of(-1) },
  });
  // A result of another run is none of this one's, but needn't be sent again.
  await send({ type: 'result', body: { run: 'other', iteration: 0, shard: 0, policyVersion: 0 }, arrays: {} });
  await next('ack');
  expect(taken(events)).toEqual([]);
  await send({ type: 'bye', body: { reason: 'enough' } });
  work(learner.address, plan);
  expect(await outcome).toBe(await runHere(plan));
});

test('a result that comes twice is acknowledged twice and taken once', async () => {
  const plan = pointMassPlan({ parts: 1, iterations: 3 });
  const { learner, events } = await bind(plan);
  const outcome = runTraining(plan, learner);
  // Every message of this worker is sent twice.
  const { send } = ClientSocket.prototype;
  ClientSocket.prototype.send = async function sendTwice(frames) {
    await send.call(this, frames);
    return send.call(this, frames);
  };
  onTestFinished(() => {
    ClientSocket.prototype.send = send;
  });
  work(learner.address, plan);
  expect(await outcome).toBe(await runHere(plan));
  await sleep(50);
  expect(taken(events)).toEqual(['0/0', '1/0', '2/0']);
  expect(events.filter(({ type }) => type === 'result-repeated').length).toBeGreaterThanOrEqual(2);
});

test('whoever is busy for long, learner and worker alike, takes nobody for silent', async () => {
  const plan = pointMassPlan({ parts: 2, iterations: 4 });
  const { learner, events } = await bind(plan);
  let connections = 0;
  const onEvent: RolloutWorkerOptions['onEvent'] = ({ type }) => {
    if (type === 'connecting') connections++;
  };
  work(learner.address, plan, { onEvent });
  await expect.poll(() => learner.workers).toBe(1);
  const until = performance.now() + 1500;
  while (performance.now() < until);
  expect(await runTraining(plan, learner)).toBe(await runHere(plan));
  expect(events.filter(({ type }) => type === 'worker-lost')).toEqual([]);
  expect(connections).toBe(1);
});

test('a task that takes too long goes to another worker', async () => {
  const plan = pointMassPlan({ parts: 1, iterations: 3 });
  const { learner, events } = await bind(plan, { taskSeconds: 0.3 });
  const outcome = runTraining(plan, learner);
  const hung = work(learner.address, plan, { name: 'hung', prepare: preparePointMass(plan, 100_000) });
  await expect.poll(() => events.some(({ type }) => type === 'task-given')).toBe(true);
  work(learner.address, plan);
  expect(await outcome).toBe(await runHere(plan));
  expect(events).toContainEqual(expect.objectContaining({ type: 'task-lost', worker: 'hung', iteration: 0 }));
  hung.stop();
});
