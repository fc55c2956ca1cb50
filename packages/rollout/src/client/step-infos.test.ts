import { type Info, make } from '@understudy/gym';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ThreadServer } from '../server/thread-server.ts';
import { resolveConnectOptions } from './client-options.ts';
import { AsyncRemoteVectorEnv, connect, type EnvironmentClient } from './index.ts';
import { InfoSlot, infoSlotBytes, readStepInfos } from './step-infos.ts';

const module = new URL('./testing/telling-env.js', import.meta.url).href;
const environments = [{ id: 'Telling-v0' }];
const actions = Float32Array.of(0.5, 0, -1, 0);

/** What of an info travels. */
function inNumbers(info: Info): Info {
  const { name, call, 'a/b': slash, 'no name': space, ...numbers } = info;
  if (numbers.place) numbers.place = [...(numbers.place as Float64Array)];
  return numbers;
}

/** Infos of two environments side by side, step by step, as a vector environment is to give them. */
async function expectedInfos(mode: 'next-step' | 'same-step', steps: number) {
  const envs = await Promise.all([0, 1].map(() => make<unknown, unknown>('Telling-v0')));
  for (const [i, env] of envs.entries()) env.reset({ seed: i });
  const ended = [false, false];
  return Array.from({ length: steps }, () => {
    const finals: (Info | undefined)[] = [undefined, undefined];
    const infos = envs.map((env, i) => {
      if (mode === 'next-step' && ended[i]) {
        ended[i] = false;
        return inNumbers(env.reset().info);
      }
      const { info, terminated } = env.step(actions.slice(2 * i, 2 * i + 2));
      ended[i] = terminated;
      if (!terminated || mode === 'next-step') return inNumbers(info);
      finals[i] = inNumbers(info);
      return inNumbers(env.reset().info);
    });
    return { infos, finals };
  });
}

describe.each([
  ['the server in its own thread', {}],
  ['sessions in worker threads', { workers: 1 }],
  ['environments in threads where no infos are wanted', { threadsPerSession: 2 }],
])('infos of steps, %s', (_, options) => {
  let server: ThreadServer;
  let client: EnvironmentClient;
  beforeAll(async () => {
    await import(module);
    server = await ThreadServer.start({ address: 'tcp://127.0.0.1:*', environments, module, ...options });
    client = await connect(server.address);
  });
  afterAll(async () => {
    client.close();
    await server.stop();
  });

  test.each(['next-step', 'same-step'] as const)('%s: none is lost, last ones included', async (autoresetMode) => {
    const wanted = { count: 2, seed: 0, autoresetMode, stepInfos: true } as const;
    const env = await client.makeVector('Telling-v0', wanted);
    const other = await AsyncRemoteVectorEnv.create(resolveConnectOptions(server.address, {}), 'Telling-v0', wanted);
    const expected = await expectedInfos(autoresetMode, 9);
    expect(expected.some(({ infos }) => 'rare' in infos[0] !== 'rare' in infos[1])).toBe(true);
    expect(expected.some(({ finals }) => finals.some(Boolean))).toBe(autoresetMode === 'same-step');
    for (const { infos, finals } of expected) {
      env.step(actions);
      await other.step(actions);
      expect(env.stepInfos).toEqual(infos);
      expect(env.finalInfos).toEqual(finals);
      expect(other.rows.stepInfos).toEqual({ infos, finalInfos: finals });
    }
    env.close();
    await other.close();
  });

  test('they come by several steps in one message, and not where nobody asked', async () => {
    const open = (stepInfos: boolean) =>
      AsyncRemoteVectorEnv.create(resolveConnectOptions(server.address, {}), 'Telling-v0', {
        ...{ count: 2, seed: 0, autoresetMode: 'same-step', stepInfos },
      });
    const [told, silent] = await Promise.all([open(true), open(false)]);
    const steps = Float32Array.from(Array.from({ length: 5 }, () => [...actions]).flat());
    const arrays = await told.stepMany(steps, 5);
    const expected = await expectedInfos('same-step', 5);
    const forward = expected.flatMap(({ infos }) => infos.map((info) => info.forward ?? 0));
    expect(arrays['info/forward']).toMatchObject({ shape: [5, 2] });
    expect([...(arrays['info/forward']?.data ?? [])]).toEqual(forward);
    expect(arrays['info/place']?.shape).toEqual([5, 2, 2]);
    const finals = expected.flatMap((step) => step.finals.filter(Boolean));
    expect(arrays['finalInfo/time']).toMatchObject({ shape: [finals.length] });
    expect([...(arrays['finalInfo/time']?.data ?? [])]).toEqual(finals.map((info) => info?.time));
    expect(Object.keys(await silent.stepMany(steps, 5)).filter((name) => name.includes('/'))).toEqual([]);
    // Infos change nothing else, and a state of the one is one of the other.
    await silent.restoreState(await told.saveState());
    await told.step(actions);
    await silent.step(actions);
    expect(silent.rows.observations).toEqual(told.rows.observations);
    expect(silent.rows.stepInfos).toEqual({ infos: [], finalInfos: [] });
    await Promise.all([told.close(), silent.close()]);
  });

  test('one environment is one like any other', async () => {
    const env = await client.make('Telling-v0');
    const local = await make<unknown, unknown>('Telling-v0');
    expect(env.reset({ seed: 3 })).toEqual({
      ...local.reset({ seed: 3 }),
      info: { episodes: 1, begins: true, name: 'a text' },
    });
    for (let step = 0; step < 3; step++) {
      const action = actions.slice(0, 2);
      const { info, ...signals } = env.step(action);
      const { info: localInfo, ...localSignals } = local.step(action);
      expect(signals).toEqual(localSignals);
      expect(info).toEqual(inNumbers(localInfo));
    }
    expect(() => env.step(actions.slice(0, 2))).toThrow(/ended|reset/);
    expect(() => env.step(Float32Array.of(1))).toThrow(
      'An action of Telling-v0 does not fit, expected an element of Box',
    );
    expect(() => env.step(1)).toThrow(/does not fit/);
    expect(env.metadata).toEqual({ renderModes: ['rgb_array'], renderFps: 25 });
    expect(env.render({ width: 4, height: 1 })).toEqual({ width: 4, height: 1, data: new Uint8Array(12).fill(3) });
    env.close();
  });
});

test('what a server says is taken as rows of infos or not at all', () => {
  const f64 = (data: Float64Array, shape: number[]) => ({ dtype: 'f64' as const, shape, data });
  const u8 = (...values: number[]) => ({ dtype: 'u8' as const, shape: [values.length], data: Uint8Array.from(values) });
  const read = (arrays: Parameters<typeof readStepInfos>[0]) => readStepInfos(arrays, 2).infos;
  expect(read({ 'info/a': f64(Float64Array.of(1, 2), [2]), 'has/a': u8(0, 1) })).toEqual([{}, { a: 2 }]);
  expect(() => read({ 'info/a': f64(Float64Array.of(1, 2, 3), [3]) })).toThrow(/shape \[3\] for 2 rows/);
  expect(() => read({ 'info/a': f64(Float64Array.of(1, 2), [2]), 'has/a': u8(1) })).toThrow(/for 2 rows/);
  const [poisoned] = read({ 'info/__proto__/evil': f64(new Float64Array(2), [2]), 'flag/__proto__': u8(1, 1) });
  expect('evil' in poisoned).toBe(false);
  expect(Object.getPrototypeOf(poisoned)).toBe(Object.prototype);
  const inTheWay = { 'info/a': f64(new Float64Array(2), [2]), 'info/a/b': f64(new Float64Array(2), [2]) };
  expect(read(inTheWay)).toEqual([{ a: 0 }, { a: 0 }]);
});

test('infos that are too much for the room between threads are an error', () => {
  const slot = new InfoSlot(new Uint8Array(infoSlotBytes(1)));
  const infos = { infos: [{ a: Number.NaN }], finalInfos: [undefined] };
  slot.write(infos);
  expect(slot.read()).toEqual(infos);
  const large = { infos: [{ picture: Array.from({ length: 20_000 }, (_, i) => i / 3) }], finalInfos: [undefined] };
  expect(() => slot.write(large)).toThrow(/make the environments without stepInfos/);
});
