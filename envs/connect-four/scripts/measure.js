// Measures the solver on random positions with every number of stones, and how fast random games run; run
// `npm run build` first.
//
//   node scripts/measure.js [--from 8] [--to 40] [--positions 200] [--seconds 4]
//
// A position is solved once (its exact score) after the solver has warmed up on others; the transposition table is as
// it was left by the position before. A line ends early when its seconds are out.
import { parseArgs } from 'node:util';
import { defaultRng } from '@understudy/random';
import { Board, ConnectFourEnv, ConnectFourGame, Solver } from '../dist/index.js';

const { values } = parseArgs({
  options: {
    from: { type: 'string', default: '8' },
    to: { type: 'string', default: '40' },
    positions: { type: 'string', default: '200' },
    seconds: { type: 'string', default: '4' },
  },
});
const generator = defaultRng(0);

function randomPosition(stones) {
  const board = new Board();
  while (board.stones < stones) {
    const column = generator.integers(7);
    if (!board.canPlay(column)) continue;
    board.play(column);
    if (board.isOver) board.clear();
  }
  return board;
}

function measureSolver() {
  const solver = new Solver();
  for (let i = 0; i < 50; i++) solver.solve(randomPosition(16));
  console.log('stones  positions  median ms  p99 ms  max ms');
  for (let stones = Number(values.from); stones <= Number(values.to); stones += 2) {
    const times = [];
    const end = performance.now() + 1000 * Number(values.seconds);
    while (times.length < Number(values.positions) && performance.now() < end) {
      const board = randomPosition(stones);
      const start = performance.now();
      solver.solve(board);
      times.push(performance.now() - start);
    }
    times.sort((a, b) => a - b);
    const at = (quantile) => times[Math.min(times.length - 1, Math.floor(quantile * times.length))].toFixed(2);
    console.log(
      `${stones}`.padStart(6),
      `${times.length}`.padStart(10),
      at(0.5).padStart(10),
      at(0.99).padStart(7),
      at(1).padStart(7),
    );
  }
}

/** Random legal moves a second, with masks and observations only where `step` makes them. */
function measureMoves(name, movesOf) {
  movesOf(20_000);
  const start = performance.now();
  const moves = movesOf(1_000_000);
  console.log(`${name}: ${Math.round(moves / ((performance.now() - start) / 1000))} random moves a second`);
}

function playGame(count) {
  const game = new ConnectFourGame();
  for (let moves = 0; moves < count; moves++) {
    if (game.terminated) game.reset();
    let column = generator.integers(7);
    while (!game.board.canPlay(column)) column = generator.integers(7);
    game.step(column);
  }
  return count;
}

function playEnv(count) {
  const env = new ConnectFourEnv({ opponent: 'random', remapIllegalMoves: true });
  const row = new Float32Array(84);
  env.reset({ seed: 0 });
  for (let step = 0; step < count; step++) {
    if (env.stepInto(generator.integers(7), row, 0).terminated) env.reset();
  }
  return 2 * count;
}

measureMoves('ConnectFourGame.step', playGame);
measureMoves('ConnectFourEnv.stepInto against the random opponent', playEnv);
measureSolver();
