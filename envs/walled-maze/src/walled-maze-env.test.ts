import { checkEnv, make } from '@understudy/gym';
import { defaultRng } from '@understudy/random';
import { expect, test } from 'vitest';
import { type MazeLayout, mazeLayout, WalledMazeEnv, walledMazeExpert } from './index.ts';
import { contactDistance, frameSkip, Particle, timestep } from './particle.ts';

const mazes = (['C', 'S'] as const).flatMap((maze) => [false, true].map((mirrored) => ({ maze, mirrored })));

function expertReturn(env: WalledMazeEnv, layout: MazeLayout, seed: number): number {
  env.reset({ seed });
  let total = 0;
  for (let t = 0; t < 100; t++) total += env.step(walledMazeExpert(layout, env.state)).reward;
  return total;
}

test.each(mazes)('the expert solves $maze, mirrored $mirrored, and that of the mirror image does not', (options) => {
  const env = new WalledMazeEnv(options);
  const score = expertReturn(env, env.layout, 3);
  const other = expertReturn(env, mazeLayout(options.maze, !options.mirrored), 3);
  if (options.maze === 'C') {
    // TRPO's expert has -5.1 in the paper; nothing that starts half a metre away at 1 N gets above -4.
    expect(score).toBeGreaterThan(-5.1);
    expect(score).toBeLessThan(-4);
    // Held up at the wall, at best 0.2 m below it: the way was not found.
    expect(other).toBeLessThan(-15);
  } else {
    expect(score).toBeGreaterThan(153.2);
    expect(score).toBeLessThan(175);
    expect(other).toBeLessThan(10);
  }
});

test('a free particle speeds up as damping allows', () => {
  const particle = new Particle(mazeLayout('S', false));
  particle.state.set([0.9, 0, 0, 0]);
  const mass = 1000 * (4 / 3) * Math.PI * 0.03 ** 3;
  const keep = mass / (mass + 0.01);
  for (let t = 1; t <= 4; t++) {
    particle.advance(Float32Array.of(0.5, 0));
    // The implicit step's closed form; the limit is force / damping.
    expect(particle.state[2]).toBeCloseTo(0.75 * (1 - keep ** (5 * t)), 12);
    expect(particle.state[3]).toBe(0);
  }
});

/** Whether the segment from (x1, y1) to (x2, y2) crosses an inner wall's centre line. */
function crosses(layout: MazeLayout, x1: number, y1: number, x2: number, y2: number): boolean {
  return layout.walls.some((wall) => {
    if (y1 > wall.y === y2 > wall.y) return false;
    const x = x1 + ((wall.y - y1) / (y2 - y1)) * (x2 - x1);
    return x >= wall.x1 && x <= wall.x2;
  });
}

test.each(mazes)('nothing gets through or into a wall of $maze, mirrored $mirrored', (options) => {
  const layout = mazeLayout(options.maze, options.mirrored);
  expect(Math.SQRT2 * layout.force * timestep).toBeLessThan(contactDistance);
  const random = defaultRng(11);
  const particle = new Particle(layout);
  const action = new Float32Array(2);
  for (let episode = 0; episode < 60; episode++) {
    particle.state.set([...layout.start, 0, 0]);
    const [aimX, aimY] = [random.uniform(layout.left, layout.right), random.uniform(layout.bottom, layout.top)];
    for (let t = 0; t < 100; t++) {
      const [x, y] = particle.state;
      // Half of the episodes press towards a random place at full force, the others stagger.
      const [dx, dy] = episode % 2 === 0 ? [aimX - x, aimY - y] : [random.standardNormal(), random.standardNormal()];
      action[0] = 5 * Math.sign(dx);
      action[1] = 5 * dy;
      particle.advance(action);
      const [nextX, nextY] = particle.state;
      const at = `at step ${t} of episode ${episode}`;
      if (crosses(layout, x, y, nextX, nextY)) expect.fail(`through a wall ${at}`);
      if (clearance(layout, nextX, nextY) < contactDistance - 1e-12) expect.fail(`in a wall ${at}`);
    }
  }
});

/** Distance from a point to the nearest centre line of a wall, negative outside of the maze. */
function clearance({ left, right, bottom, top, walls }: MazeLayout, x: number, y: number): number {
  const inner = walls.map((wall) => Math.hypot(x - Math.min(wall.x2, Math.max(wall.x1, x)), y - wall.y));
  return Math.min(x - left, right - x, y - bottom, top - y, ...inner);
}

test('walls take the speed into them and nothing along them: the particle slides, and leaves at once', () => {
  const layout = mazeLayout('C', false);
  const particle = new Particle(layout);
  const free = new Particle(layout);
  particle.state.set([0.3, layout.walls[0].y - contactDistance, 0, 0]);
  free.state.set([0.3, 0, 0, 0]);
  for (let t = 0; t < 3; t++) {
    particle.advance(Float32Array.of(0.7, 1));
    free.advance(Float32Array.of(0.7, 0));
    expect(particle.state[0]).toBe(free.state[0]);
    expect(particle.state[2]).toBe(free.state[2]);
    expect(particle.state[1]).toBeCloseTo(layout.walls[0].y - contactDistance, 12);
    expect(particle.state[3]).toBe(0);
  }
  particle.advance(Float32Array.of(0, -1));
  expect(particle.state[1]).toBeLessThan(layout.walls[0].y - contactDistance - 0.01);
});

test('a particle pressed against the end of a wall slides round it', () => {
  const layout = mazeLayout('C', false);
  const particle = new Particle(layout);
  particle.state.set([layout.walls[0].x1 - 0.01, layout.walls[0].y - 0.1, 0, 0]);
  for (let t = 0; t < 60; t++) particle.advance(Float32Array.of(0, 1));
  expect(particle.state[1]).toBeGreaterThan(layout.walls[0].y);
});

test('the reward is that of the position at which the action is taken', () => {
  const maze = new WalledMazeEnv({ maze: 'C' });
  maze.reset({ seed: 1 });
  const distance = Math.hypot(maze.state[0] - 0.3, maze.state[1] - 0.5);
  expect(maze.step(Float32Array.of(2, -1)).reward).toBeCloseTo(-distance - 5e-3, 14);
  const gaps = new WalledMazeEnv({ maze: 'S' });
  gaps.reset({ seed: 1 });
  for (const [passed, y] of [
    [0, 0.5],
    [1, 0.7],
    [1, 1.1],
    [2, 1.3],
  ]) {
    gaps.state.set([0.9, y, 0, 0]);
    expect(gaps.step(Float32Array.of(0, 0.5)).reward).toBeCloseTo(passed - 2.5e-4, 14);
  }
});

test('the mirrored S-maze is the mirror image, the mirrored C-maze that of the released code', () => {
  const [straight, mirrored] = [false, true].map((flag) => mazeLayout('S', flag));
  const flipped = straight.walls.map(({ x1, x2, y }) => ({ x1: 1.8 - x2, x2: 1.8 - x1, y }));
  for (const [i, wall] of mirrored.walls.entries()) {
    expect(wall.x1).toBeCloseTo(flipped[i].x1, 12);
    expect(wall.x2).toBeCloseTo(flipped[i].x2, 12);
    expect(wall.y).toBe(flipped[i].y);
  }
  expect(mazeLayout('C', false).walls[0]).toMatchObject({ x1: 0.6 / 3, x2: 0.6 });
  expect(mazeLayout('C', true).walls[0]).toMatchObject({ x1: -0.1, x2: (2 / 3) * 0.6 });
});

test('starts are random within bounds and hide the velocity', () => {
  const env = new WalledMazeEnv({ maze: 'C' });
  const starts = Array.from({ length: 200 }, (_, seed) => {
    const { observation } = env.reset({ seed });
    expect(observation).toEqual(env.state.slice(0, 2));
    expect(Math.abs(env.state[2])).toBeLessThan(0.01);
    return observation;
  });
  for (const axis of [0, 1]) {
    const offsets = starts.map((start) => start[axis] - env.layout.start[axis]);
    expect(Math.min(...offsets)).toBeLessThan(-0.018);
    expect(Math.max(...offsets)).toBeGreaterThan(0.018);
    expect(offsets.every((offset) => Math.abs(offset) <= 0.02)).toBe(true);
  }
});

test('a restored state goes on bit by bit', () => {
  const env = new WalledMazeEnv({ maze: 'S', mirrored: true });
  env.reset({ seed: 2 });
  for (let i = 0; i < 9; i++) env.step(Float32Array.of(1, 0.4));
  const saved = JSON.parse(JSON.stringify(env.saveState()));
  const goOn = (each: WalledMazeEnv) => [
    ...Array.from({ length: 30 }, () => each.step(Float32Array.of(-0.2, 1))),
    each.reset(),
  ];
  const other = new WalledMazeEnv({ maze: 'S', mirrored: true });
  other.restoreState(saved);
  expect(goOn(other)).toEqual(goOn(env));
});

test('the picture shows walls and path, frame by frame the same for the same episode', () => {
  const env = new WalledMazeEnv({ maze: 'S' });
  env.reset({ seed: 0 });
  const start = env.render({ width: 90, height: 80 });
  expect([start.width, start.height, start.data.length]).toEqual([90, 80, 21_600]);
  for (let i = 0; i < 30; i++) env.step(walledMazeExpert(env.layout, env.state));
  expect(env.render({ width: 90, height: 80 }).data).not.toEqual(start.data);
  env.reset({ seed: 0 });
  expect(env.render({ width: 90, height: 80 }).data).toEqual(start.data);
});

test('wrong inputs are refused', async () => {
  expect(() => new WalledMazeEnv({ maze: 'Z' as 'C' })).toThrow('there is no maze Z; take C or S');
  await expect(make('CMaze-v0', { mirrored: true })).rejects.toThrow('CMaze-v0 has no option mirrored');
  const env = new WalledMazeEnv({ mirrored: true });
  expect(() => env.step(new Float32Array(2))).toThrow('CMazeMirrored-v0 was stepped before its first reset');
  env.reset();
  for (const action of [[0], [0, 0, 0], [Number.NaN, 0], [0, Number.NEGATIVE_INFINITY]]) {
    expect(() => env.step(Float32Array.from(action))).toThrow('an action of CMazeMirrored-v0 is two finite numbers');
  }
  env.close();
  for (const call of [() => env.reset(), () => env.step(new Float32Array(2)), () => env.render()]) {
    expect(call).toThrow('CMazeMirrored-v0 is closed; make a new one');
  }
});

test.each(['CMaze-v0', 'CMazeMirrored-v0', 'SMaze-v0', 'SMazeMirrored-v0'])('%s keeps the contract', async (id) => {
  const env = await make(id);
  expect(env.id).toBe(id);
  expect(env.metadata.maxEpisodeSteps).toBe(100);
  expect(1 / env.metadata.renderFps!).toBeCloseTo(frameSkip * timestep, 12);
  expect(checkEnv(env)).toEqual([]);
});
