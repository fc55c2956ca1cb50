import { expect, test } from 'vitest';
import { benchServe, benchSoak } from './index.ts';

const brief = { seconds: 0.05, rounds: 1, warmUpSeconds: 0.05 };

test.each([
  [1, 0, false],
  [1, 0, true],
  [3, 1, true],
])('served environments are timed beside those in process, %i clients, %i workers, awaited: %s', async (...given) => {
  const [clients, workers, awaited] = given;
  const result = await benchServe({ id: 'CartPole-v1', envs: 8, clients, workers, awaited, ...brief });
  expect(result).toMatchObject({ id: 'CartPole-v1', envs: 8, clients, awaited, workers, threads: 0 });
  expect(result.messagesPerSecond).toBeCloseTo(result.stepsPerSecond / 8, 6);
  expect(result.ofInProcess).toBeCloseTo(result.stepsPerSecond / result.inProcess, 6);
  expect(result.peer).toBeUndefined();
});

test('several steps by one message count as what they are', async () => {
  const result = await benchServe({ id: 'CartPole-v1', envs: 8, stepsPerMessage: 5, ...brief });
  expect(result).toMatchObject({ envs: 8, clients: 1, stepsPerMessage: 5 });
  expect(result.messagesPerSecond).toBeCloseTo(result.stepsPerSecond / 40, 6);
});

test('a soak takes all its steps and leaves nothing behind', async () => {
  const result = await benchSoak({ id: 'CartPole-v1', steps: 960, envs: 16, sessions: 5 });
  expect(result).toMatchObject({ steps: 960, sessions: 5, left: { sessions: 0, environments: 0 } });
  expect(result.samples.map(({ steps }) => steps)).toEqual([192, 384, 576, 768, 960]);
  expect(result.clientHandles[1]).toBeLessThanOrEqual(result.clientHandles[0]);
});
