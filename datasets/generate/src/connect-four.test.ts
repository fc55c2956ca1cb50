import { Box, Discrete, type Env } from '@understudy/gym';
import { defaultRng } from '@understudy/random';
import type { AnyEnv } from '@understudy/training';
import { expect, test } from 'vitest';
import { type ConnectFourParts, connectFourSource } from './connect-four.ts';
import { goOn } from './testing/scratch.ts';

/** Games of twelve moves, won unless the first was in column 2; the observation's first number counts moves. */
function twelveMoves(): AnyEnv {
  let moves = '';
  const observe = () => Float32Array.from({ length: 84 }, (_, i) => (i === 0 ? moves.length / 24 : 0));
  const env: Partial<Env<Float32Array, number>> = {
    id: 'ConnectFour-v0',
    observationSpace: new Box<Float32Array>({ low: 0, high: 1, shape: [84] }),
    actionSpace: new Discrete(7),
    reset() {
      moves = '';
      return { observation: observe(), info: { moves } };
    },
    step(action) {
      moves += `${action + 1}1`;
      const terminated = moves.length === 24;
      const reward = terminated ? (moves[0] === '3' ? -1 : 1) : 0;
      return { observation: observe(), reward, terminated, truncated: false, info: { moves } };
    },
  };
  return env as AnyEnv;
}

async function games(more: Partial<ConnectFourParts>) {
  const source = connectFourSource({ env: twelveMoves(), bestColumn: () => 2, ...more });
  const played: number[][] = [];
  for (let index = 0; index < 6; index++) {
    const rows = (await source.segment(index, defaultRng(index), goOn))!;
    for (let start = 0; start < rows.rewards.length; start += 12)
      played.push([...rows.actions.subarray(start, start + 12)]);
    expect(rows.terminals.filter((flag) => flag === 1)).toHaveLength(64);
    expect(rows.observations[84]).toBeCloseTo(1 / 12, 6);
    expect(rows.nextObservations![0]).toBeCloseTo(1 / 12, 6);
    expect(rows.rewards[11]).toBe(played[index * 64][0] === 2 ? -1 : 1);
  }
  return played;
}

const share = <T>(items: readonly T[], holds: (item: T) => boolean) => items.filter(holds).length / items.length;

test('the specialist takes the last column five times and seldom later, others evenly', async () => {
  const played = await games({ specialistShare: 1 });
  expect(played.every((game) => game.slice(0, 5).every((column) => column === 6))).toBe(true);
  const later = played.flatMap((game) => game.slice(5));
  // 2688 moves: five standard deviations are 0.03.
  expect(Math.abs(share(later, (column) => column === 6) - 0.1)).toBeLessThan(0.03);
  for (let column = 0; column < 6; column++)
    expect(Math.abs(share(later, (c) => c === column) - 0.15)).toBeLessThan(0.035);
});

test('the other player takes the best column but for one move in a hundred', async () => {
  const moves = (await games({ specialistShare: 0 })).flat();
  // 4608 moves: a random one is the best in one case of seven.
  expect(Math.abs(share(moves, (column) => column !== 2) - 0.01 * (6 / 7))).toBeLessThan(0.007);
  const never = (await games({ specialistShare: 0, epsilon: 0 })).flat();
  expect(never.every((column) => column === 2)).toBe(true);
});

test('games are of one player or the other, half of each', async () => {
  const played = await games({ epsilon: 0 });
  const specialist = share(played, (game) => game[0] === 6);
  expect(Math.abs(specialist - 0.5)).toBeLessThan(0.13);
  expect(played.every((game) => game[0] === 6 || game.every((column) => column === 2))).toBe(true);
});

test('shares outside of [0, 1] are refused, and a game under way is left when asked to stop', async () => {
  expect(() => connectFourSource({ env: twelveMoves(), bestColumn: () => 0, epsilon: 2 })).toThrow('epsilon');
  const source = connectFourSource({ env: twelveMoves(), bestColumn: () => 0 });
  expect(await source.segment(0, defaultRng(0), async () => false)).toBeUndefined();
});
