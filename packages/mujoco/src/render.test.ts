import type { RenderFrame } from '@understudy/gym';
import { afterAll, expect, test } from 'vitest';
import { openModel } from './base-mujoco-env.ts';
import { commonDefaults, readOptions } from './env-options.ts';
import { actuator, body, geom, joint, mjcf, motor, worldbody } from './mjcf/index.ts';
import { MujocoEnv } from './mujoco-env.ts';
import type { CameraDefaults } from './scene-camera.ts';

const red = [1, 0, 0, 1] as const;
const blue = [0, 0, 1, 1] as const;

type Children = Parameters<typeof worldbody>;

/** A red ball that slides along x over a white ground, with whatever else. */
function ballModel(...others: Children): string {
  return mjcf(
    {},
    worldbody(
      geom({ name: 'floor', type: 'plane', size: [5, 5, 1], rgba: [1, 1, 1, 1] }),
      body(
        { name: 'ball', pos: [0, 0, 0.5] },
        joint({ name: 'slide', type: 'slide', axis: [1, 0, 0] }),
        geom({ name: 'ball', type: 'sphere', size: [0.5], rgba: red }),
      ),
      ...others,
    ),
    actuator(motor({ joint: 'slide', gear: [10], ctrlrange: [-1, 1] })),
  );
}

class BallEnv extends MujocoEnv {
  protected override readonly cameraDefaults: CameraDefaults;

  constructor(setup: ConstructorParameters<typeof MujocoEnv>[1], camera: CameraDefaults = {}) {
    super('Ball-v0', setup, 1);
    this.cameraDefaults = camera;
  }

  protected override resetModel(): void {
    this.setState([0], [0]);
  }

  protected override advance(action: Float32Array): void {
    this.simulate(action);
  }

  protected override writeObservation(out: Float64Array | Float32Array, offset: number): void {
    out[offset] = this.simulation.qpos[0];
  }
}

const opened: BallEnv[] = [];
afterAll(() => {
  for (const env of opened) env.close();
});

async function open(xml: string, camera?: CameraDefaults): Promise<BallEnv> {
  const settings = readOptions('Ball-v0', { xml }, { ...commonDefaults, frameSkip: 1 });
  const env = new BallEnv(await openModel('Ball-v0', settings, xml), camera);
  env.reset({ seed: 0 });
  opened.push(env);
  return env;
}

/** The mean place of the pixels that a test on their colours chooses, and how many there are. */
function centre({ width, data }: RenderFrame, chosen: (r: number, g: number, b: number) => boolean) {
  let [x, y, count] = [0, 0, 0];
  for (let i = 0; i < data.length / 3; i++) {
    if (!chosen(data[3 * i], data[3 * i + 1], data[3 * i + 2])) continue;
    x += (i % width) + 0.5;
    y += Math.floor(i / width) + 0.5;
    count++;
  }
  return { x: x / count, y: y / count, count };
}

const isRed = (r: number, _g: number, b: number) => r > 2 * b;
const isBlue = (r: number, _g: number, b: number) => b > 2 * r;
const size100 = { width: 100, height: 100 };

test('the camera follows what moves, and the ground tells that it does', async () => {
  const env = await open(ballModel());
  const before = env.render(size100);
  expect(before.data.length).toBe(30_000);
  expect(centre(before, isRed).x).toBeCloseTo(50, 0);
  env.setState([3.3], [0]);
  const after = env.render(size100);
  expect(centre(after, isRed).x).toBeCloseTo(50, 0);
  expect(Buffer.compare(before.data, after.data)).not.toBe(0);
  env.setState([0.3], [0]);
  expect(centre(env.render({ ...size100, camera: 'overview' }), isRed).x).toBeGreaterThan(55);
});

test('scenery is shown whole, and the camera stands still', async () => {
  const env = await open(
    ballModel(geom({ name: 'wall', type: 'box', size: [3, 0.1, 0.5], pos: [0, 1, 0.5], rgba: blue })),
  );
  expect(centre(env.render(size100), isRed).x).toBeCloseTo(50, 0);
  env.setState([1], [0]);
  expect(centre(env.render(size100), isRed).x).toBeGreaterThan(58);
});

test('drawing changes nothing, and the same state gives the same bytes', async () => {
  const [drawn, undrawn] = [await open(ballModel()), await open(ballModel())];
  for (let i = 0; i < 20; i++) {
    drawn.step(Float32Array.of(0.5));
    undrawn.step(Float32Array.of(0.5));
    drawn.render(size100);
  }
  expect(drawn.saveState()).toEqual(undrawn.saveState());
  expect(Buffer.compare(drawn.render(size100).data, undrawn.render(size100).data)).toBe(0);
});

test('geoms of hidden groups, of no opacity and without a shape here are left out; sites are shown', async () => {
  const plain = (await open(ballModel(), { camera: 'track' })).render(size100);
  const box = { type: 'box', size: [0.2, 0.2, 0.2], pos: [1, 0, 1], contype: 0, conaffinity: 0 } as const;
  const hidden = await open(ballModel(geom({ ...box, group: 3, rgba: blue }), geom({ ...box, rgba: [0, 0, 1, 0] })), {
    camera: 'track',
  });
  expect(Buffer.compare(hidden.render(size100).data, plain.data)).toBe(0);
  const shown = await open(ballModel(geom({ ...box, group: 2, rgba: blue })), { camera: 'track' });
  expect(centre(shown.render(size100), isBlue).count).toBeGreaterThan(20);
});

test('an environment chooses its camera in MuJoCo terms', async () => {
  const near = centre((await open(ballModel(), { distance: 3 })).render(size100), isRed).count;
  const far = centre((await open(ballModel(), { distance: 6 })).render(size100), isRed).count;
  expect(near / far).toBeGreaterThan(3.3);
  const above = await open(ballModel(), { elevation: -90, lookat: [0, 0, 0.5] });
  expect(centre(above.render(size100), isRed).y).toBeCloseTo(50, 0);
  const ahead = await open(ballModel(), { camera: 'overview', azimuth: 0 });
  ahead.setState([1], [0]);
  expect(centre(ahead.render(size100), isRed).x).toBeCloseTo(50, 0);
  await expect(open(ballModel(), { trackBody: 'bal' }).then((env) => env.render())).rejects.toThrow(/"bal"/);
});

test('what is wrong is told in a sentence', async () => {
  const env = await open(ballModel());
  expect(() => env.render({ camera: 'trak' })).toThrow('Ball-v0 has no camera "trak"; did you mean track?');
  expect(() => env.render({ camera: 'sky' })).toThrow('its cameras are track, overview');
  expect(() => env.render({ width: 15 })).toThrow(/width.*16 to 4096.*15/);
  expect(() => env.render({ height: 64.5 })).toThrow(/height/);
  expect(env.render().width).toBe(480);
  expect(env.metadata.renderModes).toEqual(['rgb_array']);
});
