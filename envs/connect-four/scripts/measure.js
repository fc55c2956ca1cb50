// Measures how long the solver takes for an answer, and how fast random games run; run `npm run build` first.
//
//   node scripts/measure.js [--from 0] [--to 40] [--step 1] [--positions 200] [--seconds 10] [--table-bits 22]
//                           [--outcome-table-bits 18] [--answer columns|outcome|moves]
//
// An answer is what an opponent needs, the best columns; the outcome alone; or the moves that keep the outcome. Positions
// come from random play and from careful play, where each player wins at once if it can and otherwise plays at random what
// doesn't let the other win at once. They are asked for one after another, after a warm-up on others; a line ends early
// when its seconds are out. Times are the process's own CPU time, so that other work on the machine counts little.
import { parseArgs } from 'node:util';
import { makeVector } from '@understudy/gym';
import { defaultRng } from '@understudy/random';
import { Board, ConnectFourGame, Solver } from '../dist/index.js';

const { values } = parseArgs({
  options: {
    from: { type: 'string', default: '0' },
    to: { type: 'string', default: '40' },
    step: { type: 'string', default: '1' },
    positions: { type: 'string', default: '200' },
    seconds: { type: 'string', default: '10' },
    'table-bits': { type: 'string', default: '22' },
    'outcome-table-bits': { type: 'string', default: '18' },
    answer: { type: 'string', default: 'columns' },
  },
});
const answers = {
  columns: (solver, board) => solver.bestColumns(board),
  outcome: (solver, board) => solver.outcome(board),
  moves: (solver, board) => solver.outcomeMoves(board),
};
const answer = answers[values.answer];
if (!answer) throw new Error(`--answer is ${values.answer}, expected one of ${Object.keys(answers).join(', ')}.`);
/** An answer should take no longer. */
const limitMs = 50;

/** A running game of so many stones. */
function positionAfter(stones, choose, generator) {
  const board = new Board();
  while (board.stones < stones) {
    board.play(choose(board, generator));
    if (board.isOver) board.clear();
  }
  return board;
}

function playRandomly(board, generator) {
  const free = freeColumns(board);
  return free[generator.integers(free.length)];
}

function playCarefully(board, generator) {
  const free = freeColumns(board);
  const winning = free.find((column) => wins(board, column));
  if (winning !== undefined) return winning;
  const safe = free.filter((column) => !letsWin(board, column));
  return safe.length > 0 ? safe[generator.integers(safe.length)] : playRandomly(board, generator);
}

function freeColumns(board) {
  return [0, 1, 2, 3, 4, 5, 6].filter((column) => board.canPlay(column));
}

function wins(board, column) {
  board.play(column);
  const won = board.winner !== null;
  board.undo();
  return won;
}

/** Whether the opponent could win at once after the move. */
function letsWin(board, column) {
  board.play(column);
  const lost = freeColumns(board).some((reply) => wins(board, reply));
  board.undo();
  return lost;
}

/** CPU time of the process in ms. */
function now() {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
}

function measureLine(solver, stones, choose) {
  const generator = defaultRng(stones);
  const times = [];
  const end = now() + 1000 * Number(values.seconds);
  while (times.length < Number(values.positions) && now() < end) {
    const board = positionAfter(stones, choose, generator);
    const start = now();
    answer(solver, board);
    times.push(now() - start);
  }
  times.sort((a, b) => a - b);
  const mean = times.reduce((sum, time) => sum + time, 0) / times.length;
  const late = times.filter((time) => time > limitMs).length;
  const figures = [mean, times[Math.ceil(0.99 * times.length) - 1], times.at(-1)].map((ms) =>
    ms.toFixed(1).padStart(8),
  );
  return `${`${times.length}`.padStart(5)} ${figures.join(' ')} ${`${late}`.padStart(5)}`;
}

function measureSolver() {
  const started = now();
  const solver = new Solver({
    tableBits: Number(values['table-bits']),
    outcomeTableBits: Number(values['outcome-table-bits']),
  });
  const made = now() - started;
  const generator = defaultRng(1000);
  for (let i = 0; i < 50; i++) answer(solver, positionAfter(16, playRandomly, generator));
  console.log(`a solver is made in ${made.toFixed(0)} ms and warmed up in ${(now() - started - made).toFixed(0)} ms`);
  console.log(
    `CPU ms for an answer (${values.answer}) and answers above ${limitMs} ms: random play, then careful play`,
  );
  console.log(`stones ${'    n     mean      p99      max  late  '.repeat(2)}`);
  for (let stones = Number(values.from); stones <= Number(values.to); stones += Number(values.step)) {
    const lines = [playRandomly, playCarefully].map((choose) => measureLine(solver, stones, choose));
    console.log(`${stones}`.padStart(6), lines.join('  '));
  }
}

/** Moves a second of a function that makes so many. */
function measureMoves(name, makeMoves) {
  makeMoves(100_000);
  const start = now();
  makeMoves(1_000_000);
  console.log(`${name}: ${Math.round(1e9 / (now() - start)).toLocaleString('en')} random moves a second`);
}

function playGame(moves) {
  const generator = defaultRng(0);
  const game = new ConnectFourGame();
  for (let move = 0; move < moves; move++) {
    if (game.terminated) game.reset();
    game.step(playRandomly(game.board, generator));
  }
}

const count = 16;
const vector = await makeVector('ConnectFour-v0', {
  ...{ count, seed: 0, options: { opponent: 'random', remapIllegalMoves: true } },
});

/** A step makes the agent's move and the opponent's. */
function stepVector(moves) {
  const generator = defaultRng(0);
  const actions = new Float32Array(count);
  for (let move = 0; move < moves; move += 2 * count) {
    for (let i = 0; i < count; i++) actions[i] = generator.integers(7);
    vector.step(actions);
  }
}

measureMoves('ConnectFourGame.step', playGame);
measureMoves(`${count} ConnectFour-v0 against the random opponent`, stepVector);
measureSolver();
