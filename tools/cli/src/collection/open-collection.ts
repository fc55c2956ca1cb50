import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { PpoHooks } from '@understudy/ppo';
import type { RolloutEvent, RolloutLearner } from '@understudy/rollout';
import type { PolicySpec, ShardService } from '@understudy/training';
import { inferenceKeys } from '../keys/client-keys.ts';
import { openServerSecurity } from '../keys/server-keys.ts';
import type { CollectionFlags } from './collection-options.ts';
import { WorkerProcesses } from './worker-processes.ts';

/** What a collection by workers tells and hears. */
export interface CollectionContext {
  /** Writes a line beside the progress. */
  say(line: string): void;
  signal: AbortSignal;
}

/** Everything that is to be ended, the last opened first. */
class Closers {
  readonly #closers: (() => Promise<void> | void)[] = [];

  add(close: () => Promise<void> | void): void {
    this.#closers.push(close);
  }

  async closeAll(): Promise<void> {
    for (const close of this.#closers.splice(0).reverse()) await close();
  }
}

/** Makes what collects a training's shards by workers: its own processes, or those that connect. */
export function openCollection(
  flags: CollectionFlags,
  { say, signal }: CollectionContext,
): NonNullable<PpoHooks['openShards']> {
  return async (plan, actor, createCollector) => {
    const rollout = await import('@understudy/rollout');
    const closers = new Closers();
    try {
      const addresses = chooseAddresses(flags, closers);
      let learner: RolloutLearner | undefined;
      const keyFlags = { keys: flags.listen === undefined ? undefined : flags.keys, keyName: learnerKey(flags) };
      const security = await openServerSecurity(keyFlags, say, () => void learner?.rebind());
      closers.add(security.close);
      const inference = await openInference(flags, addresses.inference, actor, closers);
      learner = await rollout.RolloutLearner.bind(plan, {
        ...security.options,
        address: addresses.learner,
        patienceSeconds: flags.patience,
        withoutWorkers: flags.withoutWorkers,
        createCollector,
        inference,
        signal,
        onEvent: (event) => {
          const line = describeEvent(event, flags);
          if (line) say(line);
        },
      });
      if (flags.workers !== undefined) closers.add(startWorkers(flags.workers, flags, learner, say));
      else {
        const keys = flags.keys === undefined ? '' : ' --keys DIRECTORY';
        say(`Waiting for workers at ${learner.address}: understudy worker --connect ${learner.address}${keys}`);
      }
      return closeWith(learner, closers);
    } catch (error) {
      await closers.closeAll();
      throw error;
    }
  };
}

/** The learner, whose end is the end of all that was opened for it. */
function closeWith(learner: ShardService, closers: Closers): ShardService {
  return {
    start: (iteration, states) => learner.start(iteration, states),
    publish: (policy) => learner.publish(policy),
    collect: (iteration) => learner.collect(iteration),
    async close() {
      // First the workers hear that there is no more work.
      await learner.close();
      await closers.closeAll();
    },
  };
}

/** Sockets of this user alone where the system has such, and ports of this machine elsewhere. */
function chooseAddresses({ listen }: CollectionFlags, closers: Closers): { learner: string; inference: string } {
  const loopback = 'tcp://127.0.0.1:*';
  if (listen !== undefined) return { learner: listen, inference: loopback };
  if (process.platform === 'win32') return { learner: loopback, inference: loopback };
  const directory = mkdtempSync(join(tmpdir(), 'understudy-'));
  closers.add(() => rmSync(directory, { recursive: true, force: true }));
  return { learner: `ipc://${join(directory, 'learner')}`, inference: `ipc://${join(directory, 'inference')}` };
}

/** A learner that workers connect to is a server; without such it has a client's key for what it connects to. */
function learnerKey({ keyName, listen }: CollectionFlags): string {
  return keyName ?? (listen === undefined ? 'client' : 'server');
}

async function openInference(flags: CollectionFlags, ownAddress: string, actor: PolicySpec, closers: Closers) {
  const { inference } = flags;
  if (inference === undefined) return undefined;
  const { InferenceClient, InferenceServer, publishPolicies } = await import('@understudy/rollout');
  let address = inference === true ? ownAddress : inference;
  if (inference === true) {
    const server = await InferenceServer.start({ address });
    closers.add(() => server.close());
    address = server.address;
  }
  const curve = inference === true ? undefined : await inferenceKeys(address, { ...flags, keyName: learnerKey(flags) });
  const client = await InferenceClient.open({ address, curve, connectSeconds: 5 });
  closers.add(() => client.close());
  return publishPolicies(client, { address, model: randomBytes(16).toString('hex'), actor });
}

function startWorkers(
  count: number,
  { keys, keyName, inferenceKey }: CollectionFlags,
  learner: { address: string; fail(reason: unknown): void },
  say: (line: string) => void,
): () => Promise<void> {
  const processes = new WorkerProcesses({
    count,
    address: learner.address,
    keyFlags: Object.entries({ '--keys': keys, '--key-name': keyName, '--inference-key': inferenceKey }).flatMap(
      ([flag, value]) => (value === undefined ? [] : [flag, value]),
    ),
    restarted: (reason) => say(`A worker ended (${reason}); another one takes its place.`),
    failed: (error) => learner.fail(error),
  });
  return () => processes.close();
}

/** What a user wants to hear of. */
function describeEvent(event: RolloutEvent, { workers, withoutWorkers }: CollectionFlags): string | undefined {
  const isOwn = workers !== undefined;
  switch (event.type) {
    case 'worker-joined':
      return isOwn ? undefined : `Worker ${event.worker} joined; ${event.workers} now.`;
    case 'worker-lost':
      return isOwn ? undefined : `Worker ${event.worker} left (${event.reason}); ${event.workers} now.`;
    case 'no-workers': {
      const then = { fail: 'the training will fail', wait: 'it waits on', collect: 'this process will collect' };
      return `No worker for ${event.seconds} s; ${then[withoutWorkers]} if that goes on.`;
    }
    case 'task-lost':
      return `Worker ${event.worker} lost a task (${event.reason}); it is given again.`;
    case 'refused':
      return `Refused: ${event.message}`;
    default:
      return undefined;
  }
}
