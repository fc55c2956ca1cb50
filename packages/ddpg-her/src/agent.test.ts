import type { VectorEnv } from '@understudy/gym';
import { policyFromTensors } from '@understudy/training';
import { expect, test } from 'vitest';
import { DdpgHerAgent } from './agent.ts';
import { type DdpgHerOptions, resolveDdpgHerConfig } from './config.ts';

const rows = 4000;

/** What an agent explores with at one observation, four thousand times, and the deterministic action there. */
function exploreOften(options: Partial<DdpgHerOptions>): { actions: Float32Array; policyActions: Float32Array } {
  const config = resolveDdpgHerConfig({ environment: 'Toy-v0', batchSize: 4, hiddenSizes: [8], ...options });
  const bounds = { low: Float32Array.of(-1, -1), high: Float32Array.of(1, 1) };
  const env = { observationSize: 3, actionSize: 2, count: rows } as VectorEnv;
  const agent = new DdpgHerAgent(config, env, bounds);
  const actions = new Float32Array(2 * rows);
  const observations = Float32Array.from({ length: 3 * rows }, (_, i) => [0.3, -2, 1][i % 3]);
  agent.explore(observations, rows, actions);
  const policy = policyFromTensors(agent.spec, new Map(agent.policyTensors()), 'test');
  return { actions, policyActions: policy.act([0.3, -2, 1], { deterministic: true }).slice() };
}

test('without noise and random actions it acts as its policy does', () => {
  const { actions, policyActions } = exploreOften({ explorationNoise: 0, randomActionProbability: 0 });
  // The last layer's tanh is the kernels' in one and the language's in the other.
  for (let i = 0; i < actions.length; i++) expect(actions[i]).toBeCloseTo(policyActions[i % 2], 6);
});

test('a share of the actions is drawn as a whole, and the rest stays by the policy', () => {
  const { actions, policyActions } = exploreOften({ explorationNoise: 1e-4, randomActionProbability: 0.3 });
  const near = (at: number) => Math.abs(actions[at] - policyActions[at % 2]) < 1e-3;
  const pairsNear = Array.from({ length: rows }, (_, row) => [near(2 * row), near(2 * row + 1)]);
  const random = pairsNear.filter(([first, second]) => !first || !second);
  // Five standard deviations of the binomial share; hardly ever is only one component of a random action near.
  expect(Math.abs(random.length / rows - 0.3)).toBeLessThan(5 * Math.sqrt((0.3 * 0.7) / rows));
  expect(random.filter(([first, second]) => first || second).length).toBeLessThan(12);
});

test('noise has the deviation that was asked for, and actions stay within their bounds', () => {
  const { actions, policyActions } = exploreOften({ explorationNoise: 0.2, randomActionProbability: 0 });
  let squares = 0;
  for (let i = 0; i < actions.length; i++) squares += (actions[i] - policyActions[i % 2]) ** 2;
  expect(Math.sqrt(squares / actions.length)).toBeCloseTo(0.2, 1);
  const wide = exploreOften({ explorationNoise: 3, randomActionProbability: 0 }).actions;
  expect([Math.min(...wide), Math.max(...wide)]).toEqual([-1, 1]);
});
