import type { ShardResult, ShardState } from '@understudy/training';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { Crew } from './crew.ts';
import { ShardSchedule } from './schedule.ts';
import { shareWork } from './share-work.ts';
import { pointMassPlan } from './testing/point-mass-training.ts';

/** A result that tells where it belongs by its state. */
const resultOf = (iteration: number, shard: number) =>
  ({ state: { episodeReturns: Float64Array.of(iteration, shard) } }) as unknown as ShardResult;
const stateOf = (state: ShardState | undefined) => (state ? [...state.episodeReturns] : undefined);

const shards = 3;
const iterations = 5;

test('whatever happens to workers and messages, every result is taken once, in its turn, from the state before it', () => {
  const event = fc.oneof(
    fc.record({ do: fc.constant('assign' as const), worker: fc.nat(2) }),
    fc.record({ do: fc.constant('deliver' as const), pick: fc.nat() }),
    fc.record({ do: fc.constant('repeat' as const), pick: fc.nat() }),
    fc.record({ do: fc.constant('crash' as const), worker: fc.nat(2) }),
  );
  fc.assert(
    fc.property(fc.array(event, { maxLength: 200 }), fc.integer({ min: 0, max: 2 }), (events, staleness) => {
      const plan = pointMassPlan({ envs: shards, parts: shards, iterations, staleness });
      const schedule = new ShardSchedule(plan);
      schedule.start(0, [undefined, undefined, undefined]);
      schedule.publish(0);
      let current = 0;
      // What workers have computed and that may still arrive, once or more often.
      const sent: [iteration: number, shard: number, worker: string][] = [];
      const taken = new Set<string>();
      const deliver = ([iteration, shard, worker]: (typeof sent)[number]) => {
        const reception = schedule.complete(iteration, shard, resultOf(iteration, shard), worker);
        const key = `${iteration}/${shard}`;
        expect(reception).toBe(taken.has(key) ? 'repeated' : 'taken');
        taken.add(key);
        const results = schedule.takeResults(current);
        if (!results) return;
        expect(results.map(({ state }) => stateOf(state))).toEqual([0, 1, 2].map((index) => [current, index]));
        schedule.publish(++current);
      };
      const act = (now: (typeof events)[number]) => {
        if (now.do === 'crash') schedule.forgetWorker(String(now.worker));
        else if (now.do === 'assign') {
          const [shard] = schedule.waiting();
          if (shard === undefined) return;
          const { iteration, policyVersion, state } = schedule.assign(shard, String(now.worker), 0);
          expect(policyVersion).toBe(Math.max(0, iteration - staleness));
          expect(policyVersion).toBeLessThanOrEqual(current);
          expect(stateOf(state)).toEqual(iteration === 0 ? undefined : [iteration - 1, shard]);
          sent.push([iteration, shard, String(now.worker)]);
        } else if (sent.length > 0) {
          const at = now.pick % sent.length;
          deliver(sent[at]);
          if (now.do === 'deliver') sent.splice(at, 1);
        }
      };
      for (const each of events) act(each);
      // Whatever was lost, the work can always be finished.
      for (let i = 0; i < 3 * shards * iterations && current < iterations; i++) {
        schedule.forgetWorker('0');
        schedule.forgetWorker('1');
        schedule.forgetWorker('2');
        act({ do: 'assign', worker: 0 });
        act({ do: 'deliver', pick: sent.length - 1 });
      }
      expect(current).toBe(iterations);
      expect(taken.size).toBe(shards * iterations);
      expect(schedule.waiting()).toEqual([]);
    }),
    { numRuns: 200, seed: 7 },
  );
});

test('work goes to who holds the state, to nobody beyond a fair share, and first to who is not slow', () => {
  const plan = pointMassPlan({ envs: 4, parts: 4 });
  const schedule = new ShardSchedule(plan);
  schedule.start(0, [undefined, undefined, undefined, undefined]);
  schedule.publish(0);
  const crew = new Crew();
  crew.join('a', 'peer-a', 4, 0);
  crew.join('b', 'peer-b', 1, 0);
  const share = () => {
    const pairs = shareWork(schedule, crew).map(({ shard, member }) => [shard, member.name] as const);
    for (const [shard, worker] of pairs) schedule.assign(shard, worker, 0);
    return Object.fromEntries(pairs);
  };
  // b has one credit only.
  expect(share()).toEqual({ 0: 'a', 1: 'b', 2: 'a', 3: 'a' });
  for (const [shard, worker] of ['b', 'a', 'a', 'a'].entries()) schedule.complete(0, shard, resultOf(0, shard), worker);
  schedule.publish(1);
  crew.join('b', 'peer-b', 4, 0);
  // a holds three, but two are its fair share.
  expect(share()).toEqual({ 0: 'b', 1: 'a', 2: 'a', 3: 'b' });
  expect(schedule.forgetWorker('a')).toEqual([1, 2]);
  const [a] = crew.members();
  a.isSlow = true;
  expect(share()).toEqual({ 1: 'b', 2: 'b' });
  const [, b] = crew.members();
  crew.leave(b);
  schedule.forgetWorker('b');
  // A slow worker is better than none.
  expect(Object.keys(share())).toHaveLength(4);
});
