import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { gunzipSync } from 'node:zlib';
import { beforeAll, expect, test } from 'vitest';
import { loadEngine } from '../engine/load-engine.ts';
import { body, geom, mjcf, option, worldbody } from '../mjcf/index.ts';
import { joint } from '../mjcf/mjcf.ts';
import { MujocoEnv } from '../mujoco-env.ts';
import { checkAgainstReference } from './check-reference.ts';
import { compareModelToCard } from './model-card.ts';
import { parseReference, type Reference, readJsonFile } from './reference-file.ts';

const fixture = (name: string) =>
  fileURLToPath(new URL(`../../../../test/fixtures/reference/${name}`, import.meta.url));

/** A ball in free fall. */
class FallEnv extends MujocoEnv {
  reward = 1;
  static async create(): Promise<FallEnv> {
    const engine = await loadEngine();
    const xml = mjcf({}, worldbody(body({}, joint({ type: 'slide', axis: [0, 0, 1] }), geom({ size: [0.1] }))));
    return new FallEnv('Fall-v0', { engine, model: engine.compile(xml), frameSkip: 1 }, 2);
  }
  protected override resetModel(): void {
    this.setState([this.generator.random()], [0]);
  }
  protected override advance(action: Float32Array): void {
    this.simulate(action);
    this.signals.reward = this.reward;
  }
  protected override writeObservation(out: Float64Array | Float32Array, offset: number): void {
    out[offset] = this.simulation.qpos[0];
    out[offset + 1] = this.simulation.qvel[0];
  }
}

/** A recording of the environment by itself, as a reference of others would look. */
function record(env: FallEnv): Reference {
  const state = () => ({ qpos: [...env.simulation.qpos], qvel: [...env.simulation.qvel] });
  const { observation } = env.reset({ seed: 5 });
  const reset = { ...state(), obs: [...observation], info: {} };
  const steps = [0, 1, 2].map(() => {
    const before = { ...state(), qacc_warmstart: [...env.simulation.qacc_warmstart] };
    const { reward, terminated, truncated, observation: obs } = env.step(new Float32Array(0));
    return { before, action: [], obs: [...obs], reward, terminated, truncated, info: {}, after: state() };
  });
  return { meta: { env: 'Fall-v0' }, episodes: [{ seed: 5, reset, steps }] };
}

let env: FallEnv;
let reference: Reference;
beforeAll(async () => {
  env = await FallEnv.create();
  reference = record(env);
});

test('an environment agrees with its own recording', () => {
  expect(checkAgainstReference(reference, env)).toEqual({
    id: 'Fall-v0',
    engine: 'mujoco-js',
    steps: 3,
    maxError: { observation: 0, reward: 0, qpos: 0, qvel: 0 },
    flagsEqual: true,
    resetError: 0,
  });
});

test.each<[string, (copy: Reference) => void, object]>([
  [
    'an observation',
    ({ episodes }) => ((episodes[0].steps[1].obs as number[])[1] += 0.25),
    { maxError: { observation: 0.25 } },
  ],
  ['a reward', ({ episodes }) => (episodes[0].steps[2].reward -= 0.5), { maxError: { reward: 0.5 } }],
  ['a position', ({ episodes }) => (episodes[0].steps[0].after.qpos[0] += 2), { maxError: { qpos: 2 } }],
  ['a velocity', ({ episodes }) => (episodes[0].steps[0].after.qvel[0] += 3), { maxError: { qvel: 3 } }],
  ['a flag', ({ episodes }) => (episodes[0].steps[0].truncated = true), { flagsEqual: false }],
  ['the start', ({ episodes }) => (episodes[0].reset.qvel[0] = 4), { resetError: 4 }],
  [
    'a missing number',
    ({ episodes }) => (episodes[0].steps[0].obs = [0]),
    { maxError: { observation: Number.POSITIVE_INFINITY } },
  ],
])('a difference in %s is found', (_, change, expected) => {
  const copy = structuredClone(reference);
  change(copy);
  const check = checkAgainstReference(copy, env);
  expect(check).toMatchObject(expected);
});

test('states of another model are refused', () => {
  const copy = structuredClone(reference);
  copy.episodes[0].steps[1].before.qpos.push(0);
  expect(() => checkAgainstReference(copy, env)).toThrow('have 2 positions and 1 velocities, Fall-v0 has 1 and 1');
});

test('NaN is no agreement', () => {
  env.reward = Number.NaN;
  expect(checkAgainstReference(reference, env).maxError.reward).toBe(Number.POSITIVE_INFINITY);
  env.reward = 1;
});

test('an episode without a seed is checked from its first step on', () => {
  const copy = structuredClone(reference);
  for (const episode of copy.episodes) {
    delete episode.seed;
    for (const step of episode.steps) delete step.truncated;
  }
  copy.episodes[0].reset.qvel[0] = 4;
  expect(checkAgainstReference(copy, env)).toEqual(checkAgainstReference(reference, env));
  copy.episodes[0].steps[0].reward = 9;
  expect(checkAgainstReference(copy, env).maxError.reward).toBe(8);
  expect(parseReference(readJsonFile(fixture('maze2d-umaze-v1.json.gz'))).episodes[0].seed).toBeUndefined();
});

test('a file of another kind is refused with what is missing', () => {
  expect(() => parseReference(readJsonFile(fixture('model-Hopper-v5.json.gz')))).toThrow('meta.env is missing');
  expect(() => parseReference(null)).toThrow('meta.env is missing');
  const copy = structuredClone(reference);
  expect(() => parseReference({ ...copy, episodes: [{ ...copy.episodes[0], seed: 0.5 }] })).toThrow(
    'episodes[0].seed is no whole number',
  );
  delete copy.episodes[0].steps[2].truncated;
  expect(() => parseReference(copy)).toThrow('episodes[0].steps[2] has no flags');
  delete (copy.episodes[0].steps[1] as { after?: unknown }).after;
  expect(() => parseReference(copy)).toThrow('episodes[0].steps[1].after has no qpos and qvel');
  expect(() => checkAgainstReference({ ...reference, meta: { env: 'Other-v1' } }, env)).toThrow(
    'the reference is of Other-v1, the environment is Fall-v0',
  );
  expect(() => readJsonFile('/none.json.gz')).toThrow("can't be read (ENOENT)");
  expect(() => readJsonFile(fileURLToPath(import.meta.url))).toThrow("isn't gzipped JSON");
});

test('a model card finds every kind of difference', async () => {
  const card = JSON.parse(gunzipSync(readFileSync(fixture('model-Hopper-v5.json.gz'))).toString());
  const model = (await loadEngine()).compile(mjcf({}, option({ timestep: 0.002 })));
  const paths = compareModelToCard(model, card).map(({ path }) => path);
  expect(paths).toEqual(expect.arrayContaining(['option.integrator', 'size.nq', 'bodies.length', 'qpos0.length']));
  expect(paths).not.toContain('option.timestep');
  expect(() => compareModelToCard(model, { size: {} })).toThrow('the model card has no size, bodies and geoms');
  model.delete();
});

test('a model card calls an unnamed body null, as parent and as owner', async () => {
  const model = (await loadEngine()).compile(
    mjcf({}, worldbody(body({}, joint({}), geom({ size: [0.1] }), body({ pos: [1, 0, 0] })))),
  );
  const bodies = [{ name: 'world' }, { name: null, parent: 'world' }, { name: null, parent: null }];
  const card = { size: {}, bodies, joints: [{ body: null }], geoms: [{ body: null }] };
  const paths = compareModelToCard(model, card).map(({ path }) => path);
  expect(paths.filter((path) => /bodies|geoms/.test(path))).toEqual([]);
  model.delete();
});
