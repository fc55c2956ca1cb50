import { InputError } from '@understudy/errors';
import type { Collecting, WorkerEvent, WorkerSetup } from '@understudy/rollout';
import type { Command } from 'commander';
import type { CommandContext } from '../context.ts';
import { formatCount } from '../format.ts';
import {
  addClientKeyOptions,
  addInferenceKeyOption,
  clientKeys,
  type InferenceKeyFlags,
  inferenceKeys,
} from '../keys/client-keys.ts';
import { type LearnerName, learners } from '../learners.ts';
import { positiveNumber, wholeNumber } from '../values.ts';

interface WorkerFlags extends InferenceKeyFlags {
  connect: string;
  credits: number;
  wait: number;
  child?: boolean;
  json?: boolean;
}

/** `understudy worker`. */
export function addWorkerCommand(program: Command, context: CommandContext): void {
  const command = program
    .command('worker')
    .description('collect rollouts for a learner (understudy train ppo --listen), until it has no more work')
    .requiredOption('--connect <address>', "the learner's address: tcp://HOST:PORT")
    .option('--credits <n>', 'tasks that the learner may send ahead', wholeNumber('--credits', 1), 2)
    .option(
      '--wait <seconds>',
      'how long to wait for a learner that is gone to come back; at first a minute at most',
      positiveNumber('--wait'),
      600,
    )
    .option('--json', 'print one JSON object for every event')
    .option('--child', 'end with the process that started this one')
    .action((flags: WorkerFlags) => work(flags, context));
  addInferenceKeyOption(addClientKeyOptions(command, 'the learner'));
}

/** Seconds that a learner may take to come at first. */
const CONNECT_SECONDS = 60;

async function work(flags: WorkerFlags, context: CommandContext): Promise<void> {
  if (flags.child) followParent();
  const { RolloutWorker } = await import('@understudy/rollout');
  const { connect: address, credits, wait } = flags;
  // A learner of this machine that started its workers itself has no keys; they are for an inference server.
  const curve = flags.child ? undefined : await clientKeys(flags);
  let tasks = 0;
  let rows = 0;
  const worker = new RolloutWorker({
    address,
    credits,
    curve,
    connectSeconds: Math.min(wait, CONNECT_SECONDS),
    reconnectSeconds: wait,
    prepare: (setup) => prepare(setup, flags),
    // Ctrl-C in a terminal goes to the whole group, but the parent decides when to end.
    signal: flags.child ? undefined : context.interruption(),
    onEvent(event) {
      if (event.type === 'collected') {
        tasks += 1;
        rows += event.rows;
      }
      tell(event, flags, context);
    },
  });
  const reason = await worker.run();
  if (flags.json) context.print(JSON.stringify({ type: 'ended', worker: worker.name, reason, tasks, rows }));
  else context.print(`${reason} Collected ${formatCount(rows)} steps in ${formatCount(tasks)} tasks.`);
}

/** The parent decides when to end: by a word over the socket, or by being gone itself. */
function followParent(): void {
  process.on('disconnect', () => process.exit(0));
  process.on('SIGINT', () => {});
}

/** What a worker collects with for a learner's training. */
async function prepare(setup: WorkerSetup, flags: WorkerFlags): Promise<Collecting> {
  const { algorithm, environment, options, config, kernels, inference } = setup;
  const learner = Object.hasOwn(learners, algorithm) ? await learners[algorithm as LearnerName].load() : undefined;
  if (!learner?.createShardCollector) {
    throw new InputError(`This worker can't collect for ${algorithm}; use the learner's version of Understudy.`);
  }
  const [{ kernelEngines, setKernelEngine }, envs] = await Promise.all([
    import('@understudy/kernels'),
    import('@understudy/envs'),
  ]);
  const engine = kernelEngines.find((name) => name === kernels);
  if (!engine) throw new InputError(`The learner computes with kernels called ${kernels}, which are unknown here.`);
  // The bits of results must be the learner's own.
  setKernelEngine(engine, { orSameBytes: true });
  // Loading an environment registers it.
  const env = await envs.make(environment, options);
  env.close();
  const resolved = learner.resolve(config as { environment: string });
  const create = learner.createShardCollector;
  if (!inference) return { createCollector: (shard) => create(resolved, shard, {}) };
  const { forwardElsewhere, InferenceClient } = await import('@understudy/rollout');
  const { address, model } = inference;
  const client = await InferenceClient.open({ address, curve: await inferenceKeys(address, flags), connectSeconds: 5 });
  const forward = forwardElsewhere(client, model);
  return { createCollector: (shard) => create(resolved, shard, { forward }), close: () => client.close() };
}

function tell(event: WorkerEvent, { json, child }: WorkerFlags, context: CommandContext): void {
  if (json) {
    const { setup, ...others } = { setup: undefined, ...event };
    context.print(JSON.stringify(setup ? { ...others, environment: (setup as WorkerSetup).environment } : others));
    return;
  }
  if (child) return;
  if (event.type === 'greeted') context.note(`Working for the learner at the address (${event.learner}).`);
  if (event.type === 'setup') context.note(`The training: ${event.setup.algorithm} on ${event.setup.environment}.`);
  if (event.type === 'refused' || event.type === 'error') context.note(event.message);
}
