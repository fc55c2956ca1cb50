import { defaultRng } from '@understudy/random';
import { expect, test } from 'vitest';
import { type Agent, ConnectFourGame } from './connect-four-game.ts';
import { plainWinner } from './testing/random-games.ts';

function play(columns: number[]): ConnectFourGame {
  const game = new ConnectFourGame();
  for (const column of columns) game.step(column);
  return game;
}

test('each agent sees its own stones first, the top row first', () => {
  const game = play([3, 3, 0]);
  const at = (row: number, column: number, plane: number) => (row * 7 + column) * 2 + plane;
  const first = game.observe('player_0');
  expect([...first.observation.keys()].filter((i) => first.observation[i] === 1)).toEqual(
    [at(4, 3, 1), at(5, 0, 0), at(5, 3, 0)].sort((a, b) => a - b),
  );
  const second = game.observe('player_1');
  expect([...second.observation.keys()].filter((i) => second.observation[i] === 1)).toEqual(
    [at(4, 3, 0), at(5, 0, 1), at(5, 3, 1)].sort((a, b) => a - b),
  );
});

test('only who is to move has columns to play, and no full one', () => {
  const game = play([2, 2, 2, 2, 2, 2]);
  expect([...game.observe('player_0').actionMask]).toEqual([1, 1, 0, 1, 1, 1, 1]);
  expect([...game.observe('player_1').actionMask]).toEqual([0, 0, 0, 0, 0, 0, 0]);
  game.step(0);
  expect(game.currentAgent).toBe('player_1');
  expect([...game.last().actionMask]).toEqual([1, 1, 0, 1, 1, 1, 1]);
});

test('the winner gets 1 and the loser -1', () => {
  const first = play([0, 1, 0, 1, 0, 1, 0]);
  expect(first.rewards).toEqual({ player_0: 1, player_1: -1 });
  expect(first.last()).toMatchObject({ reward: -1, terminated: true, truncated: false });
  const second = play([0, 1, 0, 1, 0, 1, 2, 1]);
  expect(second.rewards).toEqual({ player_0: -1, player_1: 1 });
  expect([...second.last().actionMask]).toEqual([0, 0, 0, 0, 0, 0, 0]);
});

test('a full column ends the game for who plays it, without reward for the other', () => {
  const game = play([2, 2, 2, 2, 2, 2, 0, 2]);
  expect(game.rewards).toEqual({ player_0: 0, player_1: -1 });
  expect(game.terminated).toBe(true);
  expect(game.board.stones).toBe(7);
});

test('random games end with a four or a full board, and rewards that sum to 0', () => {
  const generator = defaultRng(5);
  const game = new ConnectFourGame();
  const full = { draws: 0, wins: 0 };
  for (let i = 0; i < 4000; i++) {
    game.reset();
    while (!game.terminated) {
      const { actionMask } = game.last();
      const free = [...actionMask.keys()].filter((column) => actionMask[column] === 1);
      game.step(free[generator.integers(free.length)]);
    }
    const winner = plainWinner(game.board);
    const expected = winner === null ? [0, 0] : winner === 0 ? [1, -1] : [-1, 1];
    expect([game.rewards.player_0, game.rewards.player_1]).toEqual(expected);
    if (winner === null) expect(game.board.stones).toBe(42);
    if (game.board.stones === 42) full[winner === null ? 'draws' : 'wins']++;
  }
  // A four made with the last stone is a win, not a draw.
  expect(Math.min(full.draws, full.wins)).toBeGreaterThan(0);
});

test('wrong calls are refused in one sentence', () => {
  const game = new ConnectFourGame();
  expect(() => game.step(7)).toThrow('A move in Connect Four is 7, expected a column from 0 to 6.');
  expect(() => game.step(Number.NaN)).toThrow('A move in Connect Four is NaN, expected a column from 0 to 6.');
  expect(() => game.observe('player_2' as Agent)).toThrow('its agents are player_0 and player_1');
  const over = play([0, 1, 0, 1, 0, 1, 0]);
  expect(() => over.step(3)).toThrow('over; call reset()');
  over.reset();
  expect(over.rewards).toEqual({ player_0: 0, player_1: 0 });
  over.step(3);
  expect(over.board.stones).toBe(1);
});
