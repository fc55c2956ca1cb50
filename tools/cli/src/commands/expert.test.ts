import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { inspectD4rl, readD4rl, writeD4rl } from '@understudy/d4rl';
import { make } from '@understudy/envs';
import { expertTasks, readModes } from '@understudy/experts';
import { afterAll, expect, test } from 'vitest';
import type { CommandContext } from '../context.ts';
import { describeFailure } from '../error-policy.ts';
import { type LearnerName, learners } from '../learners.ts';
import { createProgram } from '../program.ts';
import { createRecordingContext, runHere } from '../testing/recording-context.ts';

const directory = mkdtempSync(join(tmpdir(), 'understudy-expert-'));
const at = (...names: string[]) => join(directory, ...names);
afterAll(() => rmSync(directory, { recursive: true }));

async function makeData(...argv: string[]) {
  return JSON.parse((await runHere('expert', ...argv, '--json')).printed.join('\n'));
}

/** Runs the command until its recording has so many episodes, then presses Ctrl-C. */
async function interrupt(episodes: number, ...argv: string[]): Promise<void> {
  const controller = new AbortController();
  const context: CommandContext = {
    ...createRecordingContext(),
    interruption: () => controller.signal,
    startProgress: ({ label }) => ({
      update: (done) => label === 'record' && done === episodes && controller.abort(),
      stop: () => {},
    }),
  };
  const stopped = createProgram(context).parseAsync(['expert', ...argv], { from: 'user' });
  await expect(stopped).rejects.toThrow('Stopped; the same command goes on from here.');
}

/** Runs a command that has to end in one sentence and status 2; returns the sentence. */
async function refusal(...argv: string[]): Promise<string> {
  const failure = await runHere('expert', ...argv).then(
    () => expect.unreachable(`${argv.join(' ')} was not refused`),
    (error) => describeFailure(error),
  );
  expect(failure).toMatchObject({ status: 2, message: expect.stringMatching(/^.+$/) });
  return failure.message;
}

test('Circles: three modes of the length and return of the paper, mixed, and nowhere in the dataset', async () => {
  const report = await makeData('Circles-v0', '--episodes', '7', '--out', at('circles.hdf5'));
  expect(report).toMatchObject({ source: 'scripted', episodes: 7, transitions: 7000, meanLength: 1000 });
  expect(report.modes.map(({ episodes }: { episodes: number }) => episodes).sort()).toEqual([2, 2, 3]);
  for (const { mean } of report.modes) expect(Math.abs(mean - 998.3)).toBeLessThan(1.5);
  expect(report.paper.mean).toBe(998.3);
  const { columns, metadata, episodes } = await inspectD4rl(at('circles.hdf5'));
  expect(columns.map(({ name }) => name).sort()).toEqual(
    ['actions', 'next_observations', 'observations', 'rewards', 'terminals', 'timeouts'].sort(),
  );
  expect(Object.keys(metadata).sort()).toEqual(['algorithm', 'deterministic', 'environment', 'seed']);
  expect(episodes.lengths).toMatchObject({ min: 1000, mean: 1000, max: 1000 });
  const [dataset, modes] = [await readD4rl(at('circles.hdf5')), await readModes(at('circles.hdf5'))];
  // Half a turn from the start, an episode is on the far side of its own circle.
  dataset.episodes.forEach(({ start }, i) => {
    const diameter = 2 * [-10, 10, 20][modes.episodes[i].mode as number];
    const y = dataset.observations[(start + 50) * 10 + 9];
    expect(Math.abs(y - diameter)).toBeLessThan(Math.abs(0.25 * diameter));
  });
});

test('a recording that Ctrl-C ended goes on with the same command and ends with the same bytes', async () => {
  const argv = ['Circles-v0', '--episodes', '7', '--out', at('stopped.hdf5')];
  await interrupt(3, ...argv);
  expect(existsSync(at('stopped.hdf5'))).toBe(false);
  await runHere('expert', ...argv);
  for (const kind of ['hdf5', 'modes.json']) {
    expect(readFileSync(at(`stopped.${kind}`)).equals(readFileSync(at(`circles.${kind}`))), kind).toBe(true);
  }
});

test('the table tells returns by mode beside the paper, and where nothing is printed as JSON', async () => {
  const { printed } = await runHere('expert', 'Circles-v0', '--episodes', '3', '--out', at('table.hdf5'));
  expect(printed.join('\n')).toMatch(/^mode +return +std +episodes +steps +paper's expert$/m);
  expect(printed.join('\n')).toMatch(/^radius 20 +99\d\.\d/m);
  expect(printed.join('\n')).toMatch(/^all .*998\.3 \+- 0\.100$/m);
  expect(printed.at(-1)).toContain('3,000 transitions of Circles-v0, 3 episodes, source scripted');
});

test.each([
  ['FetchReach-v4', 'successRate', 1],
  ['CMaze-v0', 'meanReturn', -6],
  ['SMazeMirrored-v0', 'meanReturn', 150],
  ['maze2d-umaze-v1', 'meanReturn', 150],
  ['PointMaze_UMaze-v3', 'successRate', 1],
  ['IntegratorTrack-v0', 'meanReturn', -5],
  ['HiddenVelocity-v0', 'meanReturn', -12],
  ['Recall-v0', 'meanReturn', 1],
  ['BimodalAction-v0', 'meanReturn', 1],
])('the scripted expert of %s: %s at least %d', async (id, figure, least) => {
  const report = await makeData(id, '--episodes', '3', '--out', at(`${id}.hdf5`));
  expect(report[figure]).toBeGreaterThanOrEqual(least);
});

test('FetchReach hides its goals in the dataset, and tells them beside it; an option shows them', async () => {
  await makeData('FetchReach-v4', '--episodes', '2', '--out', at('reach.hdf5'));
  expect((await inspectD4rl(at('reach.hdf5'))).observationSize).toBe(10);
  const { episodes } = await readModes(at('reach.hdf5'));
  expect(episodes.map(({ mode }) => (mode as number[]).length)).toEqual([3, 3]);
  expect(episodes[0].mode).not.toEqual(episodes[1].mode);
  const shown = ['FetchReach-v4', '--option', 'hideGoal=false', '--episodes', '2', '--out', at('shown.hdf5')];
  expect((await makeData(...shown)).successRate).toBe(1);
  expect((await inspectD4rl(at('shown.hdf5'))).observationSize).toBe(16);
});

const brief = ['steps=128', 'envs=2', 'minibatches=4', 'epochs=1', 'hiddenSizes=[8]'].flatMap((s) => ['--set', s]);

test.each([
  ['HalfCheetah-Fwd-Back', [0, 1]],
  ['HalfCheetah-Vel', [null]],
])('%s is trained by its recipe, in trainings of its modes %j', async (id, modes) => {
  const argv = [id, '--source', 'train', '--steps', '512', '--episodes', '2', ...brief];
  const report = await makeData(...argv, '--out', at(id, 'demos.hdf5'), '--policies', at(id, 'policies'));
  expect(report.trainings.map(({ mode, steps }: { mode: number; steps: number }) => [mode, steps])).toEqual(
    modes.map((mode) => [mode, 512]),
  );
  expect(report).toMatchObject({ transitions: 400, algorithm: 'ppo' });
  const again = [id, '--source', at(id, 'policies'), '--episodes', '2', '--out', at(id, 'again.hdf5')];
  expect((await makeData(...again)).meanReturn).toBe(report.meanReturn);
  expect(readFileSync(at(id, 'again.hdf5')).equals(readFileSync(at(id, 'demos.hdf5')))).toBe(true);
  expect(readdirSync(at(id, 'demos.expert', 'training'))).toHaveLength(modes.length);
  expect(await refusal(...argv, '--steps', '1024', '--out', at(id, 'demos.hdf5'))).toContain('another totalSteps');
});

test('a place that no file of experts can have is refused before any work', async () => {
  expect(await refusal('Circles-v0', '--out', at('circles.csv'))).toContain('ends in .hdf5 or .h5');
  mkdirSync(at('taken.hdf5'));
  expect(await refusal('Circles-v0', '--out', at('taken.hdf5'))).toContain('taken.hdf5 is a directory');
});

test('another algorithm than the table has, and a task that the table has not', async () => {
  const argv = ['InvertedPendulum-v5', '--episodes', '1', '--out', at('other.hdf5')];
  const few = ['--algorithm', 'sac', '--source', 'train', '--steps', '300', '--set', 'warmupSteps=200'];
  const small = ['hiddenSizes=[8]', 'batchSize=8', 'iterationSteps=100'].flatMap((setting) => ['--set', setting]);
  const report = await makeData(...argv, ...few, ...small);
  expect(report.trainings).toMatchObject([{ mode: null, algorithm: 'sac', steps: 300 }]);
  const maze = ['CMaze-v0', '--source', 'train', '--episodes', '1', '--out', at('maze-trained.hdf5')];
  expect(await refusal(...maze, '--algorithm', 'ppo')).toContain('is told by --steps');
  expect(await refusal(...maze, '--algorithm', 'a3c')).toContain('must be one of ppo');
  const trained = await makeData(...maze, '--algorithm', 'ppo', '--steps', '256', ...brief);
  expect(trained).toMatchObject({ algorithm: 'ppo', transitions: 100 });
});

test('policies of several calls are brought together', async () => {
  const each = (mode: string) =>
    makeData(
      'HalfCheetah-Fwd-Back',
      '--source',
      'train',
      '--steps',
      '256',
      '--modes',
      mode,
      '--episodes',
      '1',
      ...brief,
      '--policies',
      at('together'),
      '--out',
      at(`only-${mode}.hdf5`),
    );
  const single = [await each('0'), await each('1')];
  expect(single.map(({ modes }) => modes.map(({ mode }: { mode: number }) => mode))).toEqual([[0], [1]]);
  const argv = ['HalfCheetah-Fwd-Back', '--source', at('together'), '--episodes', '2'];
  const both = await makeData(...argv, '--out', at('both.hdf5'));
  expect(both.modes.map(({ mode, episodes }: { mode: number; episodes: number }) => [mode, episodes])).toEqual([
    [0, 1],
    [1, 1],
  ]);
});

test('a policy in a D4RL file makes data of its environment, and of no other', async () => {
  const layer = (outputs: number, inputs: number) => ({
    weight: { data: new Float32Array(outputs * inputs).fill(0.01), shape: [outputs, inputs] },
    bias: { data: new Float32Array(outputs).fill(0.1), shape: [outputs] },
  });
  const layers = { fc0: layer(8, 11), fc1: layer(8, 8), last_fc: layer(3, 8), last_fc_log_std: layer(3, 8) };
  const policy = { ...layers, nonlinearity: 'relu', output_distribution: 'tanh_gaussian' };
  const columns = { observations: new Float32Array(11), actions: new Float32Array(3), rewards: new Float32Array(1) };
  const flags = { terminals: new Uint8Array(1), timeouts: Uint8Array.of(1) };
  await writeD4rl(at('sac.hdf5'), { ...columns, ...flags }, { metadata: { algorithm: 'SAC', policy } });
  const argv = ['--source', at('sac.hdf5'), '--transitions', '50', '--out', at('hopper.hdf5')];
  expect(await makeData('Hopper-v5', ...argv)).toMatchObject({ transitions: 50, algorithm: 'sac' });
  expect(await refusal('Walker2d-v5', ...argv)).toContain('11 observation and 3 action numbers');
  const plain = ['Hopper-v5', '--source', at('hopper.hdf5'), '--out', at('none.hdf5')];
  expect(await refusal(...plain)).toContain('holds no policy below metadata/policy');
});

test('wrong input ends in one sentence, and writes nothing', async () => {
  const out = ['--out', at('none.hdf5')];
  expect(await refusal('Circle-v0', ...out)).toMatch(/Circle-v0.*Circles-v0/);
  expect(await refusal('ConnectFour-v0', ...out)).toContain(
    'No settings are known that train an expert of ConnectFour',
  );
  expect(await refusal('Hopper-v5', '--source', 'scripted', ...out)).toContain('No scripted expert of Hopper-v5');
  expect(await refusal('Swimmer-v4', ...out)).toContain('Swimmer-v5');
  expect(await refusal('Hopper-v5', '--source', at('absent'), ...out)).toContain('There is nothing at');
  expect(await refusal('Circles-v0', '--modes', '0,3', ...out)).toContain('3 is no mode of Circles-v0');
  expect(await refusal('Circles-v0', '--modes', 'all', ...out)).toContain('--modes takes numbers');
  expect(await refusal('Hopper-v5', '--modes', '0', ...out)).toContain('Hopper-v5 has no modes');
  expect(await refusal('Circles-v0', '--episodes', '3', '--transitions', '9', ...out)).toContain('only one of them');
  expect(await refusal('Circles-v0', '--episodes', '0', ...out)).toContain('at least 1');
  expect(await refusal('Circles-v0', '--steps', '9', ...out)).toContain('add --source train');
  expect(await refusal('Circles-v0', '--option', 'radius=2', ...out)).toContain('radius');
  expect(await refusal('Hopper-v5', '--source', 'train', '--set', 'gama=1', ...out)).toContain('gamma');
  expect(existsSync(at('none.hdf5'))).toBe(false);
});

test.each([...expertTasks.keys()])('the table of %s fits its environment and its learner', async (id) => {
  const { recipe, modes, environmentOptions, episodeSteps } = expertTasks.get(id)!;
  const env = await make<unknown, unknown>(id, environmentOptions);
  if (episodeSteps !== undefined) expect(env.metadata.maxEpisodeSteps).toBe(episodeSteps);
  const { modes: values } = env.unwrapped as { modes?: readonly number[] };
  if (modes.kind === 'discrete' && values) {
    expect(modes.labels.map((label) => Number.parseFloat(label) || label)).toHaveLength(values.length);
  }
  if (modes.kind === 'continuous') expect([values?.[0], values?.at(-1)]).toEqual([modes.low, modes.high]);
  env.close();
  if (!recipe) return;
  if (modes.kind === 'continuous') expect(recipe.conditioned).toBe(true);
  const learner = await learners[recipe.algorithm as LearnerName].load();
  const config = learner.resolve({ ...recipe.settings, environment: id });
  expect(config).toMatchObject(recipe.settings);
});
