import { checkEnv, make } from '@understudy/gym';
import { defaultRng } from '@understudy/random';
import { expect, test } from 'vitest';
import './register.ts';
import { Board } from './board.ts';
import { ConnectFourEnv, type ConnectFourOptions } from './connect-four-env.ts';
import { Solver } from './solver.ts';
import { chooseReply } from './stochastic-opponent.ts';
import { randomGame } from './testing/random-games.ts';

const solver = new Solver({ tableBits: 18 });
/** Late enough for the opponent to answer at once. */
const opening = '4444443233232526';

/** An environment in the middle of a game. */
function resumed(moves: string, options: ConnectFourOptions = {}, seed = 0): ConnectFourEnv {
  const env = new ConnectFourEnv({ ...options, opening: moves }, solver);
  env.reset({ seed });
  return env;
}

/** A position in which the last column alone is best for the opponent, and the agent's move into it. */
function exploitablePosition(): { moves: string; action: number } {
  const generator = defaultRng(3);
  for (;;) {
    const board = randomGame(21, generator);
    if (`${solver.bestMoves(board)}` !== '6' || board.height(0) < 6) continue;
    return { moves: board.notation.slice(0, -1), action: board.moves[20] };
  }
}

/** A random game that the opponent wins with the last stone. */
function wonWithLastStone(): Board {
  const generator = defaultRng(4);
  const board = new Board();
  for (;;) {
    board.clear();
    while (!board.isOver) {
      const column = generator.integers(7);
      if (board.canPlay(column)) board.play(column);
    }
    if (board.isFull && board.winner === 1) return board;
  }
}

test.each<ConnectFourOptions>([
  { opening },
  { opponent: 'random' },
  { opening, remapIllegalMoves: true, fullBoardIsDraw: true },
])('%o keeps the contract of environments', async (options) => {
  expect(checkEnv(await make('ConnectFour-v0', { ...options }))).toEqual([]);
});

test('the observation has the plane of the agent, then that of the opponent, by column and row', () => {
  const env = new ConnectFourEnv({}, solver);
  expect(env.reset({ seed: 0 }).observation).toEqual(new Float32Array(84));
  const { observation, info } = env.step(3);
  // The opponent's only good answer to the centre is on top of it.
  expect(info).toMatchObject({ moves: '44', opponent_erred: false });
  expect([...observation.keys()].filter((i) => observation[i] === 1)).toEqual([18, 42 + 19]);
});

test('the opponent errs in a fifth of its moves in the last column, evenly over the others that are not full', () => {
  const { moves, action } = exploitablePosition();
  const played = new Array<number>(7).fill(0);
  const env = resumed(moves);
  for (let seed = 0; seed < 3000; seed++) {
    env.reset({ seed });
    const { info } = env.step(action);
    const column = Number((info.moves as string).at(-1)) - 1;
    expect(info.opponent_erred).toBe(column !== 6);
    played[column]++;
  }
  const erred = 3000 - played[6];
  // 600 are expected, with a standard deviation of 22.
  expect(Math.abs(erred - 600)).toBeLessThan(88);
  expect(played[0]).toBe(0);
  const free = played.slice(1, 6).filter((count) => count > 0);
  for (const count of free) expect(Math.abs(count - erred / free.length)).toBeLessThan(60);
});

test('with the quirk a mistake in a full column goes to the first that is not full', () => {
  const { moves, action } = exploitablePosition();
  const env = resumed(moves, { remapIllegalMoves: true, mistakeProbability: 1 });
  const played = new Array<number>(7).fill(0);
  const board = Board.after(`${moves}${action + 1}`);
  for (let seed = 0; seed < 1200; seed++) {
    env.reset({ seed });
    played[Number((env.step(action).info.moves as string).at(-1)) - 1]++;
  }
  const columns = [0, 1, 2, 3, 4, 5];
  const first = columns.find((column) => board.canPlay(column))!;
  const full = columns.filter((column) => !board.canPlay(column)).length;
  expect(Math.abs(played[first] - 200 * (1 + full))).toBeLessThan(80);
  expect(played[6]).toBe(0);
});

test('without mistakes the opponent plays the leftmost best column', () => {
  const generator = defaultRng(8);
  for (let i = 0; i < 60; i++) {
    const board = randomGame(17 + 2 * (i % 8), generator);
    const moves = board.notation;
    const env = resumed(moves.slice(0, -1), { mistakeProbability: 0 });
    const { info } = env.step(Number(moves.at(-1)) - 1);
    expect(info.moves).toBe(`${moves}${solver.bestMoves(board)[0] + 1}`);
  }
});

test('who plays perfectly from a won position wins every game, mistakes or not', () => {
  const generator = defaultRng(9);
  for (let games = 0; games < 25; ) {
    const start = randomGame(18, generator);
    if (solver.solve(start) <= 0) continue;
    games++;
    const env = resumed(start.notation, {}, games);
    let { moves, reward, terminated } = { moves: start.notation, reward: 0, terminated: false };
    while (!terminated) {
      const result = env.step(solver.bestMoves(Board.after(moves))[0]);
      ({ reward, terminated } = result);
      moves = result.info.moves as string;
    }
    expect(reward, moves).toBe(1);
  }
});

test('without mistakes the opponent never gives value away, whatever it is met with', () => {
  const generator = defaultRng(21);
  const scores = new Set<number>();
  for (let games = 0; games < 40; games++) {
    const board = randomGame(17, generator);
    while (!board.isOver) {
      const score = solver.solve(board);
      scores.add(Math.sign(score));
      board.play(chooseReply(board, solver, generator, { mistakeProbability: 0, mayNameFullColumn: false }).column);
      // A win comes with the stones that were left; otherwise who is met with the reply has the opposite score.
      if (board.isOver) expect(board.winner === null ? 0 : Math.floor((44 - board.stones) / 2)).toBe(score);
      else expect(0 - solver.solve(board), board.notation).toBe(score);
      const free = [0, 1, 2, 3, 4, 5, 6].filter((column) => board.canPlay(column));
      if (!board.isOver) board.play(free[generator.integers(free.length)]);
    }
  }
  expect([...scores].sort()).toEqual([-1, 0, 1]);
});

test.each([0, 1])(
  'on the won side the opponent loses to the solver only by its planned mistakes: %d',
  (probability) => {
    const generator = defaultRng(22);
    const games = { won: 0, erred: 0, lostWithoutMistake: 0 };
    for (let played = 0; played < 60; ) {
      const start = randomGame(18, generator);
      if (solver.solve(start) >= 0) continue;
      played++;
      const env = resumed(start.notation, { mistakeProbability: probability }, played);
      let moves = start.notation;
      let erred = false;
      for (let terminated = false; !terminated; ) {
        const result = env.step(solver.bestMoves(Board.after(moves))[0]);
        moves = result.info.moves as string;
        terminated = result.terminated;
        erred ||= result.info.opponent_erred === true;
        if (terminated && result.reward > 0) games.won++;
        if (terminated && result.reward >= 0 && !erred) games.lostWithoutMistake++;
      }
      if (erred) games.erred++;
    }
    expect(games.lostWithoutMistake).toBe(0);
    if (probability === 0) expect(games).toMatchObject({ won: 0, erred: 0 });
    else expect(games.won).toBeGreaterThan(3);
  },
);

test('a full column loses the game, or with the quirk goes to the first that is not full', () => {
  const lost = resumed('444444', { opponent: 'random' }).step(3);
  expect(lost).toMatchObject({ reward: -1, terminated: true, truncated: false });
  expect(lost.info.moves).toBe('444444');
  expect([...(lost.info.action_mask as Int8Array)]).toEqual([1, 1, 1, 0, 1, 1, 1]);
  const remapped = resumed('444444', { opponent: 'random', remapIllegalMoves: true }).step(3);
  expect(remapped).toMatchObject({ reward: 0, terminated: false });
  expect((remapped.info.moves as string).slice(0, 7)).toBe('4444441');
});

test('a four made with the last stone wins, or with the quirk draws', () => {
  const { notation, moves } = wonWithLastStone();
  const beforeLast = notation.slice(0, 40);
  expect(resumed(beforeLast, { opponent: 'random' }).step(moves[40])).toMatchObject({ reward: -1, terminated: true });
  const quirk = resumed(beforeLast, { opponent: 'random', fullBoardIsDraw: true }).step(moves[40]);
  expect(quirk).toMatchObject({ reward: 0, terminated: true });
});

test('a four of the agent ends the game with 1, before the opponent moves', () => {
  const { reward, terminated, info } = resumed('121212').step(0);
  expect({ reward, terminated, moves: info.moves }).toEqual({ reward: 1, terminated: true, moves: '1212121' });
});

test('the same seed gives the same games, and a restored state goes on alike', () => {
  const env = new ConnectFourEnv({ opponent: 'random' });
  const playOn = () => [4, 2, 5, 1].map((column) => env.step(column).info.moves);
  env.reset({ seed: 6 });
  const first = playOn();
  env.reset({ seed: 6 });
  const state = JSON.parse(JSON.stringify(env.saveState()));
  expect(playOn()).toEqual(first);
  env.reset({ seed: 7 });
  expect(playOn()).not.toEqual(first);
  env.restoreState(state);
  expect(playOn()).toEqual(first);
});

test.each([32, 20])('the picture shows the stones where they lie, at %i pixels a cell', (cell) => {
  const size = cell === 32 ? {} : { width: 7 * cell, height: 6 * cell };
  const { width, height, data } = resumed('13').render(size);
  expect([width, height, data.length]).toEqual([7 * cell, 6 * cell, 126 * cell * cell]);
  const colorAt = (column: number, row: number) => {
    const at = 3 * ((cell * (5 - row) + cell / 2) * width + cell * column + cell / 2);
    return [...data.subarray(at, at + 3)];
  };
  const hole = colorAt(1, 0);
  const [red, yellow] = [colorAt(0, 0), colorAt(2, 0)];
  expect(red[0]).toBeGreaterThan(2 * red[1]);
  expect(yellow[1]).toBeGreaterThan(150);
  expect(yellow[2]).toBeLessThan(hole[2]);
  for (let cells = 0; cells < 42; cells++) {
    const [column, row] = [cells % 7, Math.floor(cells / 7)];
    if (row > 0 || (column !== 0 && column !== 2)) expect(colorAt(column, row)).toEqual(hole);
  }
});

test.each<[ConnectFourOptions, string]>([
  [{ mistakeProbability: 2 }, 'Option mistakeProbability of ConnectFour-v0 is 2, expected a number from 0 to 1.'],
  [{ opponent: 'human' as 'random' }, 'Option opponent of ConnectFour-v0 is "human", expected solver or random.'],
  [{ opening: '444' }, 'Option opening of ConnectFour-v0 is "444", expected an even number of digits 1 to 7.'],
  [{ opening: '4x' }, 'Move 2 of "4x" can\'t be played'],
  [{ opening: '31313141' }, 'Option opening of ConnectFour-v0 is 31313141, a finished game.'],
])('%o is refused', (options, sentence) => {
  expect(() => new ConnectFourEnv(options, solver)).toThrow(sentence);
});

test('an action that is no column is refused', () => {
  const env = resumed('44', { opponent: 'random' });
  expect(() => env.step(7)).toThrow('expected a column from 0 to 6');
  expect(() => env.step(Number.NaN)).toThrow('expected a column from 0 to 6');
});
