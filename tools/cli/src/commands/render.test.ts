import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { describeFailure, Interrupted } from '../error-policy.ts';
import { createProgram } from '../program.ts';
import { animationTiming, rolloutSteps, stripSteps } from '../render/timing.ts';
import { createRecordingContext, runHere } from '../testing/recording-context.ts';

const directory = mkdtempSync(join(tmpdir(), 'understudy-render-'));
const at = (...names: string[]) => join(directory, ...names);
afterAll(() => rmSync(directory, { recursive: true }));

const small = ['--size', '32x24'];

/** Width and height as a GIF and a PNG tell them. */
const gifSize = (file: Buffer) => [file.readUInt16LE(6), file.readUInt16LE(8)];
const pngSize = (file: Buffer) => [file.readUInt32BE(16), file.readUInt32BE(20)];

test('an environment becomes an animation, the same bytes every time', async () => {
  const draw = (out: string) => runHere('render', 'CartPole-v1', '--out', out, '--steps', '40', ...small, '--json');
  const { printed } = await draw(at('a.gif'));
  // CartPole takes 50 steps a second: every other one is drawn.
  expect(JSON.parse(printed[0])).toMatchObject({
    environment: 'CartPole-v1',
    policy: 'random',
    steps: 40,
    frames: 21,
    width: 32,
    height: 24,
    fps: 25,
  });
  const file = readFileSync(at('a.gif'));
  expect([file.subarray(0, 6).toString(), ...gifSize(file)]).toEqual(['GIF89a', 32, 24]);
  await draw(at('b.gif'));
  expect(readFileSync(at('b.gif')).equals(file)).toBe(true);
  expect(readdirSync(directory).some((name) => name.includes('partial'))).toBe(false);
});

test('a film strip of a MuJoCo environment holds its pictures side by side', async () => {
  const argv = ['--out', at('strip.png'), '--steps', '6', '--frames', '4', '--columns', '2', '--policy', 'zero'];
  const { printed } = await runHere('render', 'HalfCheetah-v5', ...argv, ...small, '--camera', 'overview');
  expect(printed[0]).toContain('4 pictures of HalfCheetah-v5, 6 steps');
  expect(pngSize(readFileSync(at('strip.png')))).toEqual([32 * 2 + 4, 24 * 2 + 4]);
});

test('a trained run is drawn with its policy', async () => {
  const settings = ['steps=256', 'minibatches=4', 'epochs=1'].flatMap((setting) => ['--set', setting]);
  await runHere('train', 'ppo', '--env', 'HalfCheetah-v5', '--steps', '256', '--out', at('run'), ...settings);
  const draw = () => runHere('render', at('run'), '--out', at('run.gif'), '--seconds', '0.2', ...small, '--json');
  const { printed } = await draw();
  expect(JSON.parse(printed[0])).toMatchObject({ environment: 'HalfCheetah-v5', policy: 'ppo', steps: 4, frames: 5 });
  const first = readFileSync(at('run.gif'));
  await draw();
  expect(readFileSync(at('run.gif')).equals(first)).toBe(true);
});

test('Ctrl-C leaves an earlier file whole and nothing beside it', async () => {
  writeFileSync(at('kept.gif'), 'mine');
  const context = { ...createRecordingContext(), interruption: () => AbortSignal.abort() };
  const argv = ['render', 'CartPole-v1', '--out', at('kept.gif'), '--steps', '10', ...small];
  await expect(createProgram(context).parseAsync(argv, { from: 'user' })).rejects.toThrow(Interrupted);
  expect(readFileSync(at('kept.gif'), 'utf8')).toBe('mine');
  expect(existsSync(`${at('kept.gif')}.partial`)).toBe(false);
});

test.each([
  [['CartPole-v1', '--out', 'x.webm'], /name\.gif.*name\.png.*x\.webm/],
  [['CartPol-v1', '--out', 'x.gif'], /CartPol-v1.*CartPole-v1/],
  [[at('missing', 'run'), '--out', 'x.gif'], /missing/],
  [['CartPole-v1', '--out', 'x.gif', '--size', '256'], /--size.*256x256.*"256"/],
  [['CartPole-v1', '--out', 'x.gif', '--size', '8x8'], /16 to 4096/],
  [['CartPole-v1', '--out', 'x.gif', '--size', '9999x64'], /16 to 4096/],
  [['CartPole-v1', '--out', 'x.gif', '--camera', 'side'], /no cameras/],
  [['HalfCheetah-v5', '--out', 'x.gif', '--camera', 'side'], /no camera "side"/],
  [['CartPole-v1', '--out', 'x.gif', '--steps', '0'], /--steps/],
  [['CartPole-v1', '--out', 'x.gif', '--steps', '5', '--seconds', '5'], /one of them/],
  [['CartPole-v1', '--out', 'x.gif', '--fps', '60'], /at most 50/],
  [['CartPole-v1', '--out', 'x.gif', '--policy', 'best'], /random, zero/],
  [['CartPole-v1', '--out', 'x.gif', '--size', '4096x4096', '--steps', '1000'], /GB.*--every/],
])('wrong input: %j', async (argv, sentence) => {
  const failure = await runHere('render', ...argv).then(
    () => expect.unreachable('was not refused'),
    (error) => describeFailure(error),
  );
  expect(failure).toMatchObject({ status: 2, message: expect.stringMatching(/^.+$/) });
  expect(failure.message).toMatch(sentence);
  expect(existsSync('x.gif')).toBe(false);
});

test('animations run in real time unless told otherwise', () => {
  expect(animationTiming(40, 20, {})).toMatchObject({ fps: 20, steps: { length: 41 } });
  expect(animationTiming(100, 125, {})).toEqual({ fps: 31.25, steps: Array.from({ length: 26 }, (_, i) => 4 * i) });
  expect(animationTiming(10, 20, { every: 5 })).toEqual({ fps: 4, steps: [0, 5, 10] });
  expect(animationTiming(2, 20, { fps: 10 })).toEqual({ fps: 10, steps: [0, 1, 2] });
  expect(() => animationTiming(10, 125, { every: 1 })).toThrow(/larger --every/);
});

test('pictures of a film strip are spread from the first moment to the last', () => {
  expect(stripSteps(10, 3).steps).toEqual([0, 5, 10]);
  expect(stripSteps(2, 8).steps).toEqual([0, 1, 2]);
  expect(stripSteps(7, 1).steps).toEqual([7]);
  expect(rolloutSteps({ seconds: 2 }, 20)).toBe(40);
  expect(rolloutSteps({ steps: 7, seconds: undefined }, 20)).toBe(7);
  expect(rolloutSteps({}, 20)).toBe(100);
});
