import { spawn, spawnSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { defaultRng } from '@understudy/random';
import { connect, decodeMessage, ProtocolError } from '@understudy/rollout';
import { expect, onTestFinished, test } from 'vitest';
import { type Frames, MessageFuzzer } from '../packages/rollout/src/testing/fuzz.ts';
import { runUnderstudy, temporaryDirectory } from './run-understudy.ts';

const directory = fileURLToPath(new URL('../tools/python', import.meta.url));
const sources = join(directory, 'src');

/** The interpreter: `UNDERSTUDY_PYTHON`, or `python3`. */
const python = process.env.UNDERSTUDY_PYTHON || 'python3';
const environment = {
  ...process.env,
  PYTHONPATH: [sources, process.env.PYTHONPATH].filter(Boolean).join(delimiter),
  PYTHONDONTWRITEBYTECODE: '1',
  PYTHONWARNINGS: 'ignore',
};

function runPython(argv: readonly string[], input = '') {
  return spawnSync(python, argv, {
    input,
    encoding: 'utf8',
    cwd: join(directory, 'tests'),
    env: environment,
    timeout: 200_000,
  });
}

/** Prints, for each message of stdin, whether the Python package takes it. */
const judge = `
import json, sys
from understudy.errors import ProtocolError
from understudy.wire import decode_message

def takes(frames):
    try:
        decode_message([bytes.fromhex(frame) for frame in frames])
        return True
    except ProtocolError:
        return False

print(json.dumps([takes(frames) for frames in json.load(sys.stdin)]))
`;

function isWhole(frames: Frames): boolean {
  try {
    // What learners and workers say to one another is not Python's.
    return !workersOnly.has(decodeMessage(frames).type);
  } catch (error) {
    if (error instanceof ProtocolError) return false;
    throw error;
  }
}

const workersOnly = new Set(['ready', 'setup', 'policy', 'task', 'result', 'refused', 'ack', 'heartbeat', 'stop']);

const hasPython = runPython(['--version']).status === 0;
const hasModules = hasPython && runPython(['-c', 'import zmq, msgpack, numpy, gymnasium']).status === 0;

/** Starts a server of Gymnasium's environments at a port of the system's choice; it ends with the test. */
async function servePython(id: string, ...flags: string[]) {
  const argv = ['-m', 'understudy.serve', '--env', id, '--bind', 'tcp://127.0.0.1:*', ...flags];
  const PYTHONPATH = [join(directory, 'tests'), environment.PYTHONPATH].join(delimiter);
  const env = { ...environment, PYTHONPATH };
  const server = spawn(python, argv, { env, stdio: ['ignore', 'pipe', 'ignore'] });
  onTestFinished(() => void server.kill('SIGKILL'));
  const line = await new Promise<string>((resolve) => createInterface(server.stdout).once('line', resolve));
  return { server, address: line.split(' at ')[1] };
}

if (hasModules) {
  test('the tests of the Python package pass', { timeout: 240_000 }, () => {
    const { status, stderr } = runPython(['-m', 'unittest', 'discover', '-s', '.']);
    expect(stderr).toMatch(/Ran [1-9]\d* tests/);
    expect(status, stderr).toBe(0);
  });

  test('Python takes and refuses what TypeScript does, of 3,000 fuzzed messages', () => {
    const fuzzer = new MessageFuzzer(defaultRng(21));
    const messages = Array.from({ length: 3_000 }, () => fuzzer.next());
    const input = JSON.stringify(messages.map((frames) => frames.map((frame) => Buffer.from(frame).toString('hex'))));
    const { stdout, stderr } = runPython(['-c', judge], input);
    expect(stderr).toBe('');
    expect(JSON.parse(stdout)).toEqual(messages.map(isWhole));
    expect(messages.filter(isWhole).length).toBeGreaterThan(50);
  });

  test('an environment that Python serves is one like any other here', { timeout: 60_000 }, async () => {
    const { server, address } = await servePython('CartPole-v1');
    const client = await connect(address);
    expect(client.serverSoftware).toMatch(/^understudy-python /);
    expect((await client.list()).map(({ id }) => id)).toEqual(['CartPole-v1']);
    const remote = await client.makeVector('CartPole-v1', { count: 3, seed: 4 });
    expect(remote.observationSize).toBe(4);
    for (let step = 0; step < 50; step++) remote.step(Float32Array.of(0, 1, step % 2));
    expect([...remote.rewards].every((reward) => reward === 0 || reward === 1)).toBe(true);
    expect(() => remote.saveState()).toThrow(/Gymnasium has no way/);
    remote.close();
    client.close();
    server.kill('SIGTERM');
    expect(await new Promise((resolve) => server.once('exit', resolve))).toBe(0);
  });

  test('one environment that Python serves tells the infos of its steps, and draws', { timeout: 60_000 }, async () => {
    const { address } = await servePython('Telling-v0', '--import', 'telling_env');
    const client = await connect(address);
    const env = await client.make('Telling-v0');
    expect(env.reset({ seed: 2 }).info).toEqual({ episodes: 1, begins: true });
    expect(env.step(Float32Array.of(0.5, 0)).info).toEqual({
      ...{ forward: 0.5 / 3, time: 1, odd: true, place: [[1, -0]] },
      parts: { control: -1, inner: { deep: Number.NaN } },
    });
    expect(env.step(new Float32Array(2))).toMatchObject({
      terminated: true,
      info: { rare: Number.POSITIVE_INFINITY, success: true, is_success: 1 },
    });
    expect(env.metadata).toEqual({ renderModes: ['rgb_array'], renderFps: 25 });
    expect(env.render()).toEqual({ width: 3, height: 2, data: new Uint8Array(18).fill(2) });
    expect(() => env.render({ width: 64 })).toThrow(/draws in its own size/);
    env.close();
    client.close();
  });

  test('the command trains, evaluates and records on what Python serves', { timeout: 90_000 }, async () => {
    const { address } = await servePython('Acrobot-v1');
    const directory = temporaryDirectory();
    const [run, file] = [join(directory, 'run'), join(directory, 'acrobot.hdf5')];
    const at = ['--address', address];
    const settings = ['steps=64', 'minibatches=2', 'epochs=1', 'hiddenSizes=[8]'].flatMap((each) => ['--set', each]);
    const training = ['train', 'ppo', '--env', 'Acrobot-v1', '--steps', '128', '--out', run, ...at];
    const trained = runUnderstudy(...training, ...settings);
    expect(trained.status, trained.stderr).toBe(0);
    expect(trained.stderr).toContain("The server can't save its environments' states");
    expect(JSON.parse(readFileSync(join(run, 'config.json'), 'utf8')).versions).toMatchObject({
      environmentServer: expect.stringMatching(/^understudy-python /),
    });
    const resumed = runUnderstudy('train', 'ppo', '--out', run, '--resume', ...at);
    expect([resumed.status, resumed.stderr]).toEqual([2, expect.stringContaining("it can't be resumed")]);
    const evaluated = runUnderstudy('eval', run, '--episodes', '1', ...at, '--json');
    expect(JSON.parse(evaluated.stdout)).toMatchObject({ environment: 'Acrobot-v1', returns: [expect.any(Number)] });
    const recorded = runUnderstudy('record', run, '--transitions', '20', '--out', file, ...at, '--json');
    expect(JSON.parse(recorded.stdout)).toMatchObject({ transitions: 20, environment: 'Acrobot-v1' });
  });
} else {
  // Said by the test's name: what needs Python's modules did not run here.
  test(`without ${hasPython ? 'pyzmq, msgpack, numpy and gymnasium' : 'Python'}: what can be told of its package`, () => {
    const files = readdirSync(sources, { recursive: true, encoding: 'utf8' }).filter((file) => file.endsWith('.py'));
    expect(files.length).toBeGreaterThan(15);
    for (const file of files) {
      const text = readFileSync(join(sources, file), 'utf8');
      expect(text, file).not.toMatch(/\b(pickle|marshal|eval\(|exec\()/);
    }
    if (!hasPython) return;
    const paths = files.map((file) => join(sources, file));
    const parse = 'import ast, sys\nfor path in sys.argv[1:]: ast.parse(open(path).read(), path)';
    expect(runPython(['-c', parse, ...paths])).toMatchObject({ status: 0, stderr: '' });
    const { status, stderr } = runPython(['-c', 'import understudy']);
    expect(status).not.toBe(0);
    expect(stderr).toMatch(/The package understudy needs .*: run python -m pip install /);
  });
}
