import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { SyncVectorEnv } from '@understudy/gym';
import { expect, test } from 'vitest';
import { z } from 'zod';
import { parseConfig } from '../parse-config.ts';
import { runTraining } from '../run-training.ts';
import { NudgingAgent } from '../testing/nudging-agent.ts';
import { RampEnv, type RampOptions } from '../testing/ramp-env.ts';
import { temporaryDirectory } from '../testing/temporary-directory.ts';
import { finiteActionBounds, stretchActions } from './action-scale.ts';
import { offPolicyFields } from './off-policy-config.ts';
import { OffPolicyLearner } from './off-policy-learner.ts';

const small = {
  environment: 'Ramp-v0',
  totalSteps: 120,
  envs: 2,
  iterationSteps: 10,
  warmupSteps: 20,
  batchSize: 8,
  replayCapacity: 30,
  nStep: 2,
  checkpointEvery: 3,
  updatesPerStep: 0.75,
};

function createLearner(given: object = {}, ramp: RampOptions = {}, agent = new NudgingAgent()) {
  const config = parseConfig(z.strictObject(offPolicyFields), { ...small, ...given }, 'test');
  const env = new SyncVectorEnv(
    Array.from({ length: config.envs }, () => new RampEnv(ramp)),
    { autoresetMode: 'same-step' },
  );
  const bounds = finiteActionBounds(env.singleActionSpace, 'test');
  return { learner: new OffPolicyLearner({ config, env, bounds, agent }), agent, config };
}

async function run(directory: string, iterations: number): Promise<boolean> {
  const { learner, config } = createLearner();
  const abort = new AbortController();
  let left = iterations;
  const { stopped } = await runTraining(learner, {
    identity: { algorithm: 'test', environment: 'Ramp-v0', seed: 0, config },
    hooks: {
      runDirectory: directory,
      resume: true,
      signal: abort.signal,
      onProgress: () => {
        if (--left === 0) abort.abort();
      },
    },
    checkpointEvery: config.checkpointEvery,
    keepCheckpoints: 2,
  });
  return stopped;
}

test('updates begin after the warm-up and come as often as configured', async () => {
  const { learner, agent } = createLearner();
  while (learner.step < 20) await learner.iterate();
  expect(agent.updates).toBe(0);
  while (!learner.finished) await learner.iterate();
  expect(learner.step).toBe(120);
  expect(agent.updates).toBe(75);
});

/** An agent that tells what is asked of it, and whose networks lie on a pretended device. */
function createDeviceAgent() {
  const agent = new NudgingAgent();
  const calls: string[] = [];
  const explore = agent.explore;
  agent.explore = (...args) => {
    calls.push('explore');
    explore(...args);
  };
  const device = {
    readPolicy: async () => void calls.push('readPolicy'),
    readAll: async () => void calls.push('readAll'),
  };
  return { agent: Object.assign(agent, { device }), calls };
}

test('what lies on a device is read before it acts and before it is saved, and learns the same', async () => {
  const { agent, calls } = createDeviceAgent();
  const { learner } = createLearner({}, {}, agent);
  const { learner: plain } = createLearner();
  expect(await learner.iterate()).toEqual(await plain.iterate());
  // Two environments, ten steps an iteration, the first twenty at random.
  expect(calls).toEqual(['readAll']);
  expect(await learner.iterate()).toEqual(await plain.iterate());
  calls.length = 0;
  expect(await learner.iterate()).toEqual(await plain.iterate());
  expect(calls.filter((call) => call === 'explore')).toHaveLength(5);
  calls.forEach((call, i) => {
    if (call === 'explore') expect(calls[i - 1]).toBe('readPolicy');
  });
  expect(calls.lastIndexOf('readAll')).toBe(calls.length - 1);
  expect(calls.indexOf('readAll')).toBe(calls.length - 1);
  expect(learner.save()).toEqual(plain.save());
});

test('other work of the thread has its turn in the middle of an iteration', async () => {
  const agent = new NudgingAgent();
  const { learner } = createLearner({ warmupSteps: 2, updatesPerStep: 5 }, {}, agent);
  const update = agent.update.bind(agent);
  agent.update = (batch) => {
    for (const end = performance.now() + 10; performance.now() < end; );
    update(batch);
  };
  let heardAt = Number.POSITIVE_INFINITY;
  setImmediate(() => {
    heardAt = agent.updates;
  });
  await learner.iterate();
  expect(heardAt).toBeLessThan(agent.updates);
});

test('a figure of the updates that is no number ends the training with its name and step', async () => {
  const agent = new NudgingAgent();
  const { learner } = createLearner({}, {}, agent);
  await learner.iterate();
  agent.takeStatistics = () => ({ updates: Number.NaN });
  await expect(learner.iterate()).rejects.toThrow(/^By step 20 of Ramp-v0 the updates of drift is NaN, .*\.$/);
});

test.each(['terminated', 'truncated'] as const)(
  'the last observation of a %s episode is never lost',
  async (ending) => {
    const { learner } = createLearner({ replayCapacity: 120, warmupSteps: 120 }, { ending, length: 5 });
    while (!learner.finished) await learner.iterate();
    const { observations, nextObservations, terminated, truncated, size } = learner.replay;
    let ended = 0;
    for (let row = 0; row < size; row++) {
      expect(nextObservations[2 * row] - observations[2 * row]).toBeCloseTo(1, 5);
      expect(nextObservations[2 * row + 1]).toBe(observations[2 * row + 1]);
      ended += (ending === 'terminated' ? terminated : truncated)[row];
    }
    expect(ended).toBe(size / 5);
  },
);

test('a run stopped twice ends with the bytes of one that ran through', async () => {
  const through = join(temporaryDirectory(), 'through');
  const stopped = join(temporaryDirectory(), 'stopped');
  expect(await run(through, 100)).toBe(false);
  expect(await run(stopped, 4)).toBe(true);
  expect(await run(stopped, 5)).toBe(true);
  expect(await run(stopped, 100)).toBe(false);
  for (const file of ['policy.safetensors', 'metrics.jsonl', 'replay.bin']) {
    expect(readFileSync(join(stopped, file)).equals(readFileSync(join(through, file))), file).toBe(true);
  }
});

test('actions are stretched to the bounds and never past them', () => {
  const bounds = { low: Float32Array.of(-2, 0.1), high: Float32Array.of(2, 0.3) };
  const actions = Float32Array.of(-1, -1, 0, 0, 1, 1);
  stretchActions(actions, bounds, actions);
  expect([...actions]).toEqual([...Float32Array.of(-2, 0.1, 0, 0.2, 2, 0.3)]);
});
