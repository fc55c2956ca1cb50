import { type Env, make, type RenderFrame } from '@understudy/gym';
import type { MujocoEnv } from '@understudy/mujoco';
import { expect, test } from 'vitest';
import './register.ts';

/** The colour at a place of the picture, given in cells: 0.5, 0.5 is the middle of the cell at the top left. */
function colorAt({ width, height, data }: RenderFrame, cells: [number, number], column: number, row: number): number[] {
  const scale = Math.min(width / cells[0], height / cells[1]);
  const x = Math.floor((width - scale * cells[0]) / 2 + scale * column);
  const y = Math.floor((height - scale * cells[1]) / 2 + scale * row);
  return [...data.subarray(3 * (y * width + x), 3 * (y * width + x) + 3)];
}

async function pictureWithBallAt(id: string, qpos: [number, number], options = {}): Promise<RenderFrame> {
  const env: Env<unknown> = await make<unknown>(id);
  env.reset({ seed: 0, options });
  (env.unwrapped as unknown as MujocoEnv).setState(qpos, [0, 0]);
  const frame = env.render({ width: 300, height: 400 }) as RenderFrame;
  env.close();
  return frame;
}

const wall = [92, 86, 82];
const ball = [38, 120, 70];
const goal = [204, 72, 52];
const floor = [250, 248, 243];

test('maze2d is drawn as its map is written, positions 0.2 m off the cells', async () => {
  const frame = await pictureWithBallAt('maze2d-umaze-v1', [3, 3]);
  const at = (column: number, row: number) => colorAt(frame, [5, 5], column, row);
  expect([frame.width, frame.height, frame.data.length]).toEqual([300, 400, 3 * 300 * 400]);
  expect(at(2.5, 2.5)).toEqual(wall);
  expect(at(3.5, 1.5)).toEqual(floor);
  expect(at(3.7, 3.7)).toEqual(ball);
  expect(at(1.7, 1.7)).toEqual(goal);
});

test('PointMaze is drawn as its map is written, the middle in the middle', async () => {
  const frame = await pictureWithBallAt('PointMaze_Large-v3', [4.5, -3], { goalCell: [1, 1], resetCell: [1, 4] });
  const at = (column: number, row: number) => colorAt(frame, [12, 9], column, row);
  expect(at(5.5, 1.5)).toEqual(wall);
  expect(at(6.5, 2.5)).toEqual(floor);
  expect(at(10.5, 7.5)).toEqual(ball);
  const colors = Array.from({ length: 61 * 61 }, (_, i) => at(1.2 + (i % 61) / 100, 1.2 + Math.floor(i / 61) / 100));
  expect(colors).toContainEqual(goal);
});

test('the trail shows where the ball has been since the start', async () => {
  const env = await make<Float64Array>('maze2d-large-v1');
  const trailPixels = () => {
    const { data } = env.render({ width: 600, height: 450 }) as RenderFrame;
    let count = 0;
    for (let i = 0; i < data.length; i += 3) if (data[i] === 150 && data[i + 1] === 190 && data[i + 2] === 160) count++;
    return count;
  };
  env.reset({ seed: 0, options: { location: [3, 1] } });
  expect(trailPixels()).toBe(0);
  for (let i = 0; i < 80; i++) env.step(Float32Array.of(0, 1));
  // More than two cells of 50 pixels, two pixels wide.
  expect((env.unwrapped as MujocoEnv).simulation.qpos[1]).toBeGreaterThan(3);
  expect(trailPixels()).toBeGreaterThan(100);
  env.reset();
  expect(trailPixels()).toBe(0);
  const bare = env.unwrapped;
  env.close();
  expect(() => bare.render()).toThrow('is closed');
});
