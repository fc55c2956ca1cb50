import { expect, test } from 'vitest';
import type { EnvironmentFacts } from './environment-facts.ts';
import { environmentsPage } from './environments-page.ts';

const base: EnvironmentFacts = {
  id: 'Ball-v0',
  family: 'ball-game',
  observationSpace: 'Box(-inf, inf, (2,), float64)',
  observationSize: 2,
  actionSpace: 'Discrete(3)',
  actionSize: '3 choices',
  maxEpisodeSteps: 9,
  rewardThreshold: null,
  engine: null,
  options: ['size'],
  description: {
    task: 'Catch the ball.',
    observation: 'Where it is.',
    action: 'Left, stay, right.',
    reward: '- |distance|.',
    origin: 'Here.',
    differences: 'None known.',
  },
};

const lines = (facts: EnvironmentFacts[], pictures = new Map<string, string>()) =>
  environmentsPage(facts, pictures).split('\n');

test('the table of all leads to the section of the package', () => {
  const page = lines([base]);
  expect(page).toContain('| [Ball-v0](#ball-game) | Catch the ball. | 2 numbers | 3 choices | 9 | none |');
  const apple = { ...base, id: 'Zoo-v0', family: 'apple' };
  expect(lines([base, apple]).filter((line) => line.startsWith('## '))).toEqual(['## Apple', '## Ball game']);
  expect(page).toContain('Package [`@understudy/env-ball-game`](../envs/ball-game/README.md).');
});

test('ids of the same words share a section, and tell where they differ', () => {
  const longer = { ...base, id: 'Ball-v1', maxEpisodeSteps: null, engine: 'mujoco-js' };
  const other = { ...base, id: 'Bat-v0', description: { ...base.description!, task: 'Hit the ball.' } };
  const page = lines([base, longer, other]);
  expect(page.filter((line) => line.startsWith('#'))).toEqual([
    '# Environments',
    '## Ball game',
    '### Ball-v0, Ball-v1',
    '### Bat-v0',
  ]);
  expect(page).toContain('| time limit | Ball-v0: 9 steps<br>Ball-v1: none |');
  expect(page).toContain('| engine | Ball-v0: none<br>Ball-v1: MuJoCo (`mujoco-js`) |');
  expect(page).toContain('| options | `size` |');
});

test('bars in words do not end a cell, and pictures are shown where there are any', () => {
  const alone = lines([base], new Map([['Ball-v0', 'environments/Ball-v0.png']]));
  expect(alone).toContain('| reward | - \\|distance\\|. |');
  expect(alone).toContain('![Ball-v0](environments/Ball-v0.png)');
  expect(lines([base]).join()).not.toContain('![');
  const shared = new Map(['Ball-v0', 'Ball-v1', 'Bat-v0'].map((id) => [id, 'environments/Ball-v0.png']));
  const bat = { ...base, id: 'Bat-v0', description: { ...base.description!, task: 'Hit the ball.' } };
  const page = lines([base, { ...base, id: 'Ball-v1' }, bat], shared);
  expect(page.filter((line) => line.startsWith('!['))).toEqual([
    '![Ball-v0](environments/Ball-v0.png)',
    '![Bat-v0](environments/Ball-v0.png)',
  ]);
});
