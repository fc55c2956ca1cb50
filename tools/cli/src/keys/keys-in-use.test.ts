import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { allowKey, allowListPath, createKeys, fingerprint, publicKeyPath, readPublicKey } from '@understudy/rollout';
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest';
import { describeFailure } from '../error-policy.ts';
import { runHere } from '../testing/recording-context.ts';
import { type Running, runCommand, startCommand } from '../testing/run-command.ts';

const directory = mkdtempSync(join(tmpdir(), 'understudy-keys-in-use-'));
const at = (...names: string[]) => join(directory, ...names);
const [own, clients] = [at('server'), at('clients')];
afterAll(() => rmSync(directory, { recursive: true }));

const settings = ['steps=64', 'minibatches=2', 'epochs=2', 'envs=2', 'shards=2', 'hiddenSizes=[16]'];
const training = [
  ...['train', 'ppo', '--env', 'CartPole-v1', '--steps', String(8 * 128)],
  ...settings.flatMap((setting) => ['--set', setting]),
];
const policyOf = (run: string) => readFileSync(at(run, 'policy.safetensors')).toString('hex');

beforeAll(async () => {
  createKeys(own, 'server');
  createKeys(clients, 'impostor');
  for (const name of ['alice', 'mallory']) createKeys(clients, name);
  allowKey(allowListPath(own), readPublicKey(publicKeyPath(clients, 'alice')));
  expect((await runCommand(...training, '--out', at('here'))).status).toBe(0);
}, 60_000);

/** Flags of a client: its pair, and the server's public key under the flag's name. */
const keysOf = (name: string, flag = '--server-key', server = publicKeyPath(own, 'server')) => [
  ...['--keys', clients, '--key-name', name, flag, server],
];

/** Starts what binds an address of the system's choice, and waits until it tells it. */
async function bind(...argv: string[]): Promise<Running & { address: string; notes(): string }> {
  const running = startCommand(...argv);
  onTestFinished(() => void running.process.kill('SIGKILL'));
  let said = '';
  const address = await new Promise<string>((resolve, reject) => {
    const look = (chunk: Buffer) => {
      said += chunk;
      const found = /tcp:\/\/127\.0\.0\.1:\d+/.exec(said);
      if (found) resolve(found[0]);
    };
    running.process.stdout?.on('data', look);
    running.process.stderr?.on('data', look);
    void running.ended.then(({ stderr }) => reject(new Error(stderr)));
  });
  return { ...running, address, notes: () => said };
}

const impostor = publicKeyPath(clients, 'impostor');
/** Who is refused, by what it shows, and the words that it is told by. */
const refused = (flag = '--server-key'): [flags: string[], words: RegExp][] => [
  [keysOf('mallory', flag), /refuses this client's key: allow its public key there/],
  [[], /the server there needs keys/],
  [keysOf('alice', flag, impostor), /has another key than the one given as the server's/],
];

/**
 * Expects that who shows no key, or a wrong one, is told so in a sentence, and noted by the server.
 *
 * @param argv - The client's command, without its keys.
 * @param begin - How the sentence begins.
 */
async function expectRefusals(
  argv: readonly string[],
  begin: string,
  notes: () => string,
  flag?: string,
): Promise<void> {
  const failures = await Promise.all(
    refused(flag).map(([keys]) => runHere(...argv, ...keys).then(String, describeFailure)),
  );
  for (const [i, [, words]] of refused(flag).entries()) {
    expect(failures[i]).toEqual({ status: 2, message: expect.stringMatching(words) });
    expect(failures[i]).toMatchObject({ message: expect.stringContaining(begin) });
  }
  const { publicKey } = readPublicKey(publicKeyPath(clients, 'mallory'));
  expect(notes()).toContain(`with the key ${fingerprint(publicKey)}: its key is not on the allow-list`);
  expect(notes()).toMatch(/Refused a peer: it has no key, or that of another server/);
}

test('a worker with a listed key collects for a learner with keys; others are refused, told and noted', async () => {
  const flags = ['--listen', 'tcp://127.0.0.1:*', '--keys', own];
  const learner = await bind(...training, ...flags, '--out', at('listening'));
  const work = ['worker', '--connect', learner.address];
  await expectRefusals(
    [...work, '--wait', '2'],
    `No learner answered at ${learner.address} within 2 s; `,
    learner.notes,
  );
  expect((await runCommand(...work, ...keysOf('alice'))).stdout).toContain('The training has ended.');
  expect(await learner.ended).toMatchObject({ status: 0 });
  expect(policyOf('listening')).toBe(policyOf('here'));
}, 60_000);

test('an inference server with keys serves a training and its workers; others are refused, told and noted', async () => {
  const server = await bind('infer', '--bind', 'tcp://127.0.0.1:*', '--keys', own, '--json');
  const train = [...training, '--workers', '1', '--inference', server.address, '--out', at('inferred')];
  const flag = '--inference-key';
  await expectRefusals(train, `No inference server answered at ${server.address} within 5 s; `, server.notes, flag);
  expect(await runCommand(...train, ...keysOf('alice', flag))).toMatchObject({ status: 0 });
  expect(policyOf('inferred')).toBe(policyOf('here'));
  server.process.kill('SIGTERM');
  expect(await server.ended).toMatchObject({ status: 0 });
}, 60_000);

test('environments on a server with keys, on this machine too, are for listed clients alone', async () => {
  const server = await bind('serve', '--env', 'CartPole-v1', '--bind', 'tcp://127.0.0.1:*', '--keys', own, '--json');
  const address = ['--address', server.address];
  const evaluate = ['eval', at('here'), '--episodes', '1', '--json'];
  await expectRefusals([...evaluate, ...address], `No server answered at ${server.address} within 5 s; `, server.notes);
  const trained = await runCommand(...training, ...address, ...keysOf('alice'), '--out', at('served'));
  expect(trained).toMatchObject({ status: 0 });
  expect(policyOf('served')).toBe(policyOf('here'));
  const [there] = (await runHere(...evaluate, ...address, ...keysOf('alice'))).printed;
  const [here] = (await runHere(...evaluate)).printed;
  expect(JSON.parse(there)).toEqual(JSON.parse(here));
}, 60_000);

test('keys that nothing needs, and keys that are missing, are refused', async () => {
  const refusal = (...argv: string[]) => runHere(...argv).then(String, (error: Error) => error.message);
  const [idle, noKeys, nobody, unkeyed] = [
    await refusal(...training, '--out', at('none'), ...keysOf('alice').slice(0, 4)),
    await refusal('worker', '--connect', 'tcp://127.0.0.1:9', '--server-key', impostor),
    await refusal('worker', '--connect', 'tcp://127.0.0.1:9', '--keys', clients, '--key-name', 'nobody'),
    await refusal('eval', at('here'), '--keys', clients),
  ];
  expect(idle).toBe('--keys is for connections: add --listen, --address or --inference ADDRESS.');
  expect(noKeys).toBe('--server-key says which key is meant, but not where keys are: add --keys DIRECTORY.');
  expect(nobody).toMatch(/^There is no key file .*nobody\.secret\.json/);
  expect(unkeyed).toMatch(/say where it is by --address/);
});
