import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { afterAll, expect, test } from 'vitest';
import { runCommand, startCommand } from './testing/run-command.ts';

const directory = mkdtempSync(join(tmpdir(), 'understudy-second-interruption-'));
const at = (...names: string[]) => join(directory, ...names);
afterAll(() => rmSync(directory, { recursive: true }));

const setting = (name: string, value: number) => ['--set', `${name}=${value}`];

/** Trainings whose first iteration is short, or whose every one takes minutes. */
const trainings = {
  // A hundred random steps, then a hundred with ten thousand updates each.
  sac: [...setting('iterationSteps', 100), ...setting('warmupSteps', 100), ...setting('updatesPerStep', 10_000)],
  ppo: [...setting('steps', 10_000_000)],
} as const;

test.each(['sac', 'ppo'] as const)(
  'Ctrl-C in the middle of an iteration is answered at once, and a second one ends %s there with whole files',
  async (algorithm) => {
    const out = at(algorithm);
    const length = algorithm === 'sac' ? '300' : '100000000';
    const command = startCommand(
      ...['train', algorithm, '--env', 'InvertedPendulum-v5', '--steps', length, '--out', out],
      ...[...trainings[algorithm], ...setting('checkpointEvery', 1)],
    );
    const ended = command.ended.then(({ stderr }) => expect.unreachable(`ended early: ${stderr}`));
    const files = algorithm === 'sac' ? ['policy.safetensors', 'summary.json'] : ['config.json'];
    while (!files.every((file) => existsSync(join(out, file)))) await Promise.race([setTimeout(20), ended]);
    // Into the iteration that takes minutes.
    await setTimeout(200);
    command.process.kill('SIGINT');
    await command.said('Ctrl-C again stops at once');
    // What comes within a second is the same Ctrl-C.
    await setTimeout(1100);
    command.process.kill('SIGINT');
    const { status, stdout } = await command.ended;
    expect({ status, stdout }).toEqual({ status: 130, stdout: '' });
    const left = readdirSync(out, { recursive: true }) as string[];
    expect(left.filter((name) => name.endsWith('.partial'))).toEqual([]);
    if (algorithm === 'ppo') return;
    // The iteration before is there as it was; nothing of the broken one is.
    expect(readFileSync(join(out, 'metrics.jsonl'), 'utf8').split('\n')).toHaveLength(2);
    expect(JSON.parse(readFileSync(join(out, 'summary.json'), 'utf8'))).toMatchObject({
      status: 'running',
      steps: 100,
    });
    const evaluation = await runCommand('eval', out, '--episodes', '1', '--json');
    expect(evaluation.status, evaluation.stderr).toBe(0);
  },
);
