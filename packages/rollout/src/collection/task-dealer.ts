import { encodeMessage } from '../protocol/codec.ts';
import type { CrewMember } from './crew.ts';
import type { PolicyBook } from './policy-book.ts';
import type { RolloutEvent } from './rollout-events.ts';
import type { ShardSchedule } from './schedule.ts';
import { stateArrays } from './shard-arrays.ts';
import { shareWork } from './share-work.ts';
import type { WorkerGate } from './worker-gate.ts';

/** Heartbeats in a row that don't name a task: then it got lost on its way. */
const maxUnnamed = 3;
const now = (): number => performance.now() / 1000;

/** What a {@link TaskDealer} deals from, and to whom. */
export interface TaskDealerOptions {
  /** Names the learner's process. */
  readonly run: string;
  readonly gate: WorkerGate;
  readonly schedule: ShardSchedule;
  readonly policies: PolicyBook;
  /** How long a worker may take for one task before it is given to another, too. */
  readonly taskSeconds: number;
  /** Whether nothing is to be given any more. */
  isOver(): boolean;
  tell(event: RolloutEvent): void;
}

/** Gives tasks to workers, with the policies and states that they lack, and takes back what got lost or takes too long. */
export class TaskDealer {
  readonly #options: TaskDealerOptions;

  constructor(options: TaskDealerOptions) {
    this.#options = options;
  }

  /** Gives what waits to those who have room for it. */
  dispatch(): void {
    const { schedule, gate, isOver } = this.#options;
    if (isOver()) return;
    for (const { shard, member } of shareWork(schedule, gate.crew)) this.#give(shard, member);
  }

  /** Gives a shard's task once more. */
  again(shard: number): void {
    this.#options.schedule.release(shard);
    this.dispatch();
  }

  /** The worker lacks what it was thought to have: it gets policies and the shard's state again. */
  forgetWhatItHas(member: CrewMember, shard: number): void {
    member.policies.clear();
    this.#options.schedule.forgetHolder(shard);
  }

  /** A task that the worker doesn't name got lost on its way; it is given again. */
  compareTasks(member: CrewMember, named: readonly (readonly [iteration: number, shard: number])[]): void {
    const { schedule } = this.#options;
    for (const shard of schedule.assigned(member.name)) {
      const { iteration } = schedule.task(shard);
      if (named.some(([theirs, index]) => theirs === iteration && index === shard)) {
        member.unnamed.delete(shard);
        continue;
      }
      const unnamed = (member.unnamed.get(shard) ?? 0) + 1;
      member.unnamed.set(shard, unnamed);
      if (unnamed < maxUnnamed) continue;
      member.unnamed.delete(shard);
      this.forgetWhatItHas(member, shard);
      this.#takeBack(shard, member.name, 'The worker does not know of it.');
    }
  }

  /** Gives to others, too, what has taken too long. */
  takeBackSlow(): void {
    const { schedule, gate, taskSeconds } = this.#options;
    for (const { shard, worker } of schedule.olderThan(now() - taskSeconds)) {
      const member = gate.crew.byName(worker);
      if (!member) continue;
      member.isSlow = true;
      this.#takeBack(shard, worker, `No result in ${taskSeconds} s.`);
    }
  }

  #takeBack(shard: number, worker: string, reason: string): void {
    const { iteration } = this.#options.schedule.task(shard);
    this.#options.tell({ type: 'task-lost', worker, iteration, shard, reason });
    this.again(shard);
  }

  #give(shard: number, member: CrewMember): void {
    const { run, gate, schedule, policies, tell } = this.#options;
    const isHeld = schedule.holder(shard) === member.name;
    const { iteration, policyVersion, state } = schedule.assign(shard, member.name, now());
    const policy = policies.get(policyVersion);
    if (!member.policies.has(policyVersion)) {
      member.policies.add(policyVersion);
      gate.send(member, policy.frames);
    }
    const start = state === undefined ? 'reset' : isHeld ? 'held' : 'sent';
    const body = { run, iteration, shard, policyVersion, start } as const;
    const arrays = start === 'sent' && state ? stateArrays(state) : {};
    gate.send(member, encodeMessage({ type: 'task', body, arrays }));
    tell({ type: 'task-given', worker: member.name, iteration, shard, policyVersion });
  }
}
