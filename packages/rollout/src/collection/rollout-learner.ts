import { randomBytes } from 'node:crypto';
import { InputError } from '@understudy/errors';
import type { CreateShardCollector, ShardPlan, ShardPolicy, ShardResult, ShardService } from '@understudy/training';
import { encodeMessage } from '../protocol/codec.ts';
import { defaultLimits } from '../protocol/limits.ts';
import type { Body, Message } from '../protocol/messages.ts';
import { ProtocolError } from '../protocol/protocol-error.ts';
import { Absence } from './absence.ts';
import type { CrewMember } from './crew.ts';
import { HomeCollection, homeName } from './home-collection.ts';
import { messageBytesFor, type RolloutLearnerOptions } from './learner-options.ts';
import { PolicyBook } from './policy-book.ts';
import type { RolloutEvent } from './rollout-events.ts';
import { ShardSchedule, type ShardTask } from './schedule.ts';
import { resultFromArrays } from './shard-arrays.ts';
import { TaskDealer } from './task-dealer.ts';
import { WorkerGate, type WorkMessage } from './worker-gate.ts';

/** A task that fails so often for other reasons than the worker's going is taken to fail everywhere. */
const maxFailures = 3;

/**
 * The learner's side of the service `rollout`: gives shards to workers that come and go, and takes every result once.
 *
 * What comes out depends on the plan and the policies alone, not on the workers: tasks are pure functions, so one that is
 * given twice gives the same twice.
 */
export class RolloutLearner implements ShardService {
  /** Names this learner's process to workers, which forget all when another one takes over. */
  readonly run = randomBytes(16).toString('hex');
  readonly #plan: ShardPlan;
  readonly #options: RolloutLearnerOptions;
  readonly #absence: Absence;
  readonly #gate: WorkerGate;
  readonly #schedule: ShardSchedule;
  readonly #policies: PolicyBook;
  readonly #dealer: TaskDealer;
  readonly #failures = new Map<string, number>();
  readonly #home: HomeCollection | undefined;
  #wanted: { iteration: number; resolve(results: ShardResult[]): void; reject(reason: unknown): void } | undefined;
  #failure: unknown;

  private constructor(plan: ShardPlan, gate: WorkerGate, options: RolloutLearnerOptions) {
    this.#plan = plan;
    this.#gate = gate;
    this.#options = options;
    this.#schedule = new ShardSchedule(plan);
    this.#policies = new PolicyBook(this.run, plan.staleness, options.inference);
    const { taskSeconds = 600, patienceSeconds = 60, withoutWorkers = 'fail', signal, createCollector } = options;
    const tell = (seconds: number) => this.#tell({ type: 'no-workers', seconds });
    this.#absence = new Absence({ patienceSeconds, withoutWorkers, signal, tell });
    this.#dealer = new TaskDealer({
      run: this.run,
      gate,
      schedule: this.#schedule,
      policies: this.#policies,
      taskSeconds,
      isOver: () => this.#failure !== undefined,
      tell: (event) => this.#tell(event),
    });
    this.#home = createCollector && this.#createHome(createCollector);
    gate.open({
      setup: () => this.#setup(),
      joined: (member, isNew) => this.#joined(member, isNew),
      lost: (member, reason) => this.#lost(member, reason),
      received: (member, message) => this.#receive(member, message),
      refused: (member, message) => this.#tell({ type: 'refused', worker: member?.name, message }),
      tick: () => this.#tick(),
    });
  }

  /**
   * Binds the address for workers.
   *
   * @throws InputError when it is in use or not allowed.
   */
  static async bind(plan: ShardPlan, options: RolloutLearnerOptions): Promise<RolloutLearner> {
    const limits = options.limits ?? { ...defaultLimits, messageBytes: messageBytesFor(plan) };
    return new RolloutLearner(plan, await WorkerGate.bind({ ...options, limits }), options);
  }

  /** The address that was bound. */
  get address(): string {
    return this.#gate.address;
  }

  /** Workers there are now. */
  get workers(): number {
    return this.#gate.crew.size;
  }

  start(...[iteration, states]: Parameters<ShardService['start']>): void {
    this.#schedule.start(iteration, states);
  }

  publish(policy: ShardPolicy): void {
    const { inference } = this.#options;
    const { version } = policy;
    this.#policies.put(policy);
    if (!inference) this.#release(version);
    else {
      inference.publish(policy).then(
        () => this.#release(version),
        (error) => this.#fail(error),
      );
    }
  }

  collect(iteration: number): Promise<readonly ShardResult[]> {
    if (this.#failure !== undefined) return Promise.reject(this.#failure);
    return new Promise((resolve, reject) => {
      this.#wanted = { iteration, resolve, reject };
      this.#handOver();
      if (this.workers === 0 && this.#wanted) this.#bearAbsence();
    });
  }

  /** Tells the workers that there is no more work, and unbinds. */
  async close(): Promise<void> {
    this.#home?.close();
    await this.#gate.close('The training has ended.');
  }

  /** Ends the training by an error: what is waited for, and everything after it. */
  fail(reason: unknown): void {
    this.#fail(reason);
  }

  /** Unbinds without a word, as when the process dies: workers look for the next learner at the address. */
  abandon(): Promise<void> {
    return this.#gate.close();
  }

  /** Binds the same address anew, so that every worker has to connect, and prove itself, again. */
  rebind(): Promise<void> {
    return this.#gate.rebind();
  }

  #setup(): Body<'setup'> {
    const { algorithm, environment, environmentOptions, config, kernels } = this.#plan;
    const { inference } = this.#options;
    return {
      run: this.run,
      algorithm,
      environment,
      options: { ...environmentOptions },
      config: { ...config },
      kernels,
      ...(inference && { inference: { address: inference.address, model: inference.model } }),
    };
  }

  #release(version: number): void {
    this.#schedule.publish(version);
    this.#dealer.dispatch();
  }

  #joined(member: CrewMember, isNew: boolean): void {
    if (isNew) this.#tell({ type: 'worker-joined', worker: member.name, workers: this.workers });
    this.#dealer.dispatch();
  }

  #lost(member: CrewMember, reason: string): void {
    const shards = this.#schedule.forgetWorker(member.name);
    if (this.workers === 0) this.#absence.begin();
    this.#tell({ type: 'worker-lost', worker: member.name, workers: this.workers, reason, shards });
    this.#dealer.dispatch();
  }

  #receive(member: CrewMember, message: WorkMessage): unknown {
    switch (message.type) {
      case 'result':
        return this.#takeResult(member, message);
      case 'refused':
        return this.#takeRefusal(member, message.body);
      default:
        return this.#dealer.compareTasks(member, message.body.tasks);
    }
  }

  #takeResult(member: CrewMember, { body, arrays }: Message<'result'>): unknown {
    const { run, iteration, shard, policyVersion } = body;
    const told = { worker: member.name, iteration, shard };
    if (run !== this.run || this.#schedule.has(iteration, shard)) {
      this.#tell({ type: 'result-repeated', ...told });
      return this.#acknowledge(member, body);
    }
    const ours = this.#plan.shards[shard];
    if (!ours) throw new ProtocolError('invalid', `There is no shard ${shard}.`);
    if (this.#schedule.task(shard).policyVersion !== policyVersion) {
      throw new ProtocolError('stale', `A result of policy ${policyVersion} came for shard ${shard}, not asked for.`);
    }
    const result = resultFromArrays(arrays, ours, this.#plan);
    this.#complete(body, result, member.name);
    member.unnamed.delete(shard);
    member.isSlow = false;
    this.#acknowledge(member, body);
    this.#dealer.dispatch();
  }

  /** @throws ProtocolError `sequence` for what nobody asked for yet. */
  #complete({ iteration, shard, policyVersion }: Omit<ShardTask, 'state'>, result: ShardResult, worker: string): void {
    const told = { worker, iteration, shard };
    const reception = this.#schedule.complete(iteration, shard, result, worker);
    if (reception === 'early') throw new ProtocolError('sequence', `Nobody asked for iteration ${iteration} yet.`);
    const rows = result.rollout.steps * result.rollout.count;
    if (reception === 'repeated') this.#tell({ type: 'result-repeated', ...told });
    else this.#tell({ type: 'result-taken', ...told, policyVersion, rows });
    this.#handOver();
  }

  #acknowledge(member: CrewMember, { run, iteration, shard }: { run: string; iteration: number; shard: number }): void {
    this.#gate.send(member, encodeMessage({ type: 'ack', body: { run, iteration, shard } }));
  }

  #takeRefusal(member: CrewMember, { run, iteration, shard, code, message }: Body<'refused'>): unknown {
    if (run !== this.run || !this.#schedule.assigned(member.name).includes(shard)) return;
    const task = this.#schedule.task(shard);
    if (task.iteration !== iteration) return;
    this.#tell({ type: 'refused', worker: member.name, message });
    if (code === 'invalid') return this.#fail(new InputError(message));
    if (code === 'stale') {
      this.#dealer.forgetWhatItHas(member, shard);
      const { policy } = this.#policies.get(task.policyVersion);
      const { inference } = this.#options;
      if (inference)
        return void inference.publish(policy).then(
          () => this.#dealer.again(shard),
          (error) => this.#fail(error),
        );
      return this.#dealer.again(shard);
    }
    const key = `${iteration}/${shard}`;
    const failures = (this.#failures.get(key) ?? 0) + 1;
    this.#failures.set(key, failures);
    if (failures >= maxFailures) return this.#fail(new Error(`Shard ${shard} failed ${failures} times: ${message}`));
    this.#dealer.again(shard);
  }

  #handOver(): void {
    const results = this.#wanted && this.#schedule.takeResults(this.#wanted.iteration);
    if (!results) return;
    this.#failures.clear();
    this.#wanted?.resolve(results);
    this.#wanted = undefined;
  }

  #fail(reason: unknown): void {
    this.#failure ??= reason;
    this.#wanted?.reject(this.#failure);
    this.#wanted = undefined;
  }

  #tick(): void {
    this.#dealer.takeBackSlow();
    this.#dealer.dispatch();
    if (this.workers === 0 && this.#wanted) this.#bearAbsence();
  }

  /** Nobody is there, and somebody waits for results. */
  #bearAbsence(): void {
    const measure = this.#absence.measure(this.address);
    if (measure.do === 'fail') this.#fail(measure.reason);
    else if (measure.do === 'collect') void this.#home?.collectWaiting();
  }

  #createHome(create: CreateShardCollector): HomeCollection {
    return new HomeCollection({
      schedule: this.#schedule,
      create,
      policy: (version) => this.#policies.get(version).policy,
      isNeeded: () => this.workers === 0 && this.#failure === undefined,
      began: (shards) => this.#tell({ type: 'collecting-here', shards }),
      collected: ({ iteration, shard, policyVersion }, result) =>
        this.#complete({ iteration, shard, policyVersion }, result, homeName),
      failed: (error) => this.#fail(error),
    });
  }

  #tell(event: RolloutEvent): void {
    this.#options.onEvent?.(event);
  }
}
