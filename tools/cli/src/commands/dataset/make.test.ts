import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readD4rl } from '@understudy/d4rl';
import { readStateDemonstrations } from '@understudy/generate';
import { afterAll, expect, test } from 'vitest';
import { runHere } from '../../testing/recording-context.ts';

const directory = mkdtempSync(join(tmpdir(), 'understudy-make-'));
const at = (...names: string[]) => join(directory, ...names);
afterAll(() => rmSync(directory, { recursive: true }));

/** Makes a dataset and parses what `--json` prints. */
async function make(name: string, ...flags: string[]) {
  const { printed } = await runHere('dataset', 'make', name, ...flags, '--json');
  return JSON.parse(printed[0]);
}

const setting = (...settings: string[]) => settings.flatMap((one) => ['--set', one]);

test('maze2d: the same seed gives the same bytes, another seed others, and rows lie in the maze', async () => {
  const made = await make('maze2d-umaze-v1', '--seed', '4', '--transitions', '3000', '--out', at('a.hdf5'));
  expect(made).toMatchObject({ name: 'maze2d-umaze-v1', transitions: 3000, settings: { noise: 0.5, faults: 'd4rl' } });
  await make('maze2d-umaze-v1', '--seed', '4', '--transitions', '3000', '--out', at('b.hdf5'));
  await make('maze2d-umaze-v1', '--seed', '5', '--transitions', '3000', '--out', at('c.hdf5'));
  const [a, b, c] = ['a', 'b', 'c'].map((name) => readFileSync(at(`${name}.hdf5`)));
  expect(b.equals(a)).toBe(true);
  expect(c.equals(a)).toBe(false);
  const { observations, transitions, metadata } = await readD4rl(at('a.hdf5'));
  // The U of 3 x 3 cells, 0.2 before their numbers, less the ball's radius of 0.1.
  for (let row = 0; row < transitions; row++) {
    const [x, y] = [observations[4 * row] + 0.2, observations[4 * row + 1] + 0.2];
    const cell = [Math.round(x), Math.round(y)];
    if (cell[0] === 2) expect(cell[1]).toBe(3);
  }
  expect(metadata).toMatchObject({ environment: 'maze2d-umaze-v1', recipe: 'maze2d-umaze-v1' });
});

test("maze2d: inspect finds D4RL's reward fault, and not after the repair, and draws the paths", async () => {
  const kinds = async (file: string, ...flags: string[]) => {
    const { printed } = await runHere('dataset', 'inspect', file, '--json', '--html', `${file}.html`, ...flags);
    return JSON.parse(printed[0]).findings.map(({ kind }: { kind: string }) => kind);
  };
  const more = ['--transitions', '10000'];
  await make('maze2d-umaze-v1', ...more, '--out', at('faulty.hdf5'));
  await make('maze2d-umaze-v1', ...more, ...setting('faults=repaired'), '--out', at('repaired.hdf5'));
  expect(await kinds(at('faulty.hdf5'))).toContain('reward-before-step');
  expect(await kinds(at('repaired.hdf5'))).not.toContain('reward-before-step');
  expect(await kinds(at('faulty.hdf5'), '--fix', 'maze2d-rewards')).not.toContain('reward-before-step');
  expect(await kinds(at('repaired.hdf5'))).not.toContain('jump');
  const page = readFileSync(at('faulty.hdf5.html'), 'utf8');
  expect(page).toContain('Paths through the maze');
  expect(page.match(/<polyline/g)!.length).toBeGreaterThan(20);
  expect(page).toContain('Normalised score');
});

test('connect-four: returns are told one by one', async () => {
  const { printed } = await runHere(
    'dataset',
    'make',
    'connect-four',
    '--transitions',
    '300',
    '--out',
    at('four.hdf5'),
  );
  expect(printed.join('\n')).toMatch(/return +episodes +share\n +-1 +\d+/);
  const { observations, actions, rewards, terminals } = await readD4rl(at('four.hdf5'));
  expect(observations.subarray(0, 84).every((value) => value === 0)).toBe(true);
  expect(actions.every((column) => Number.isInteger(column) && column >= 0 && column < 7)).toBe(true);
  expect(rewards.every((reward, row) => reward === 0 || terminals[row] === 1)).toBe(true);
});

test('drawn demonstrations: cubics and drawings of the asked number', async () => {
  expect(await make('cubic-curves', '--out', at('cubic.hdf5'))).toMatchObject({ transitions: 200 });
  const cubics = await readD4rl(at('cubic.hdf5'));
  expect(cubics.episodes).toHaveLength(10);
  // y moves by the action, x by 0.1.
  const { observations, nextObservations, actions } = cubics;
  for (let row = 0; row < 200; row++) {
    expect(nextObservations![2 * row] - observations[2 * row]).toBeCloseTo(0.1, 5);
    expect(nextObservations![2 * row + 1] - observations[2 * row + 1]).toBeCloseTo(actions[row], 5);
  }
  await make('drawing-circle', ...setting('count=3'), '--out', at('circle.hdf5'));
  const circle = await readD4rl(at('circle.hdf5'));
  expect(circle.episodes.map(({ start }) => [...circle.observations.subarray(2 * start, 2 * start + 2)])).toEqual([
    [0, 0],
    [0, 0],
    [0, 0],
  ]);
});

test('locomotion: one training serves all kinds, and its pause leaves no trace in the end', async () => {
  const training = (mediumSteps: number, work: string) => [
    ...setting('steps=2000', `mediumSteps=${mediumSteps}`, 'algorithm=td3'),
    ...['--transitions', '300', '--work', at(work)],
  ];
  const replay = await make(
    'hopper-medium-replay',
    ...training(1000, 'work').slice(0, -4),
    '--work',
    at('work'),
    '--out',
    at('replay.hdf5'),
  );
  expect(replay.transitions).toBe(1000);
  await make('hopper-medium', ...training(1000, 'work'), '--out', at('medium.hdf5'));
  await make('hopper-expert', ...training(1000, 'work'), '--out', at('expert.hdf5'));
  await make('hopper-expert', ...training(2000, 'other'), '--out', at('again.hdf5'));
  const policy = (work: string) => readFileSync(at(work, 'training', 'run', 'policy.safetensors'));
  expect(policy('other').equals(policy('work'))).toBe(true);
  const [expert, again] = [await readD4rl(at('expert.hdf5')), await readD4rl(at('again.hdf5'))];
  expect([...again.actions]).toEqual([...expert.actions]);
  expect(expert.infos.qpos.shape).toEqual([300, 6]);
  await expect(make('hopper-medium', ...training(500, 'work'), '--out', at('late.hdf5'))).rejects.toThrow(
    'past step 500',
  );
  // A run that is there serves too.
  const run = at('work', 'training', 'run');
  await make('hopper-expert', ...setting(`run=${run}`), '--transitions', '300', '--out', at('given.hdf5'));
  expect([...(await readD4rl(at('given.hdf5'))).actions]).toEqual([...expert.actions]);
});

test('states alone: no actions, and the velocity of the centre of mass behind the observation', async () => {
  const few = setting('steps=2048', 'demonstrations=2', 'horizon=8');
  const made = await make('hopper-states', ...few, '--out', at('states.safetensors'));
  const { stateSize, states, starts, ends } = readStateDemonstrations(at('states.safetensors'));
  expect(stateSize).toBe(12);
  expect(made.transitions).toBe(ends[0] - starts[0] + ends[1] - starts[1] - 2);
  // The torso's velocity along x is the sixth number of the observation; all of the body moves about as fast.
  const apart = Array.from({ length: ends[1] }, (_, i) => Math.abs(states[12 * i + 11] - states[12 * i + 5]));
  expect(Math.max(...apart)).toBeLessThan(2);
  expect(Math.max(...apart)).toBeGreaterThan(0);
});

test('walled mazes: trajectories of each of the last policies', async () => {
  const settings = setting('steps=3000', 'rollout=500');
  const made = await make('cmaze-demonstrations', ...settings, '--transitions', '20000', '--out', at('walls.hdf5'));
  expect(made).toMatchObject({ settings: { source: 'trpo' }, returns: { episodes: 200, meanLength: 100 } });
  expect(made.notes[0]).toContain('last 5 policies');
  const recipe = JSON.parse(readFileSync(at('walls.recipe.json'), 'utf8'));
  expect(new Set(recipe.options.policies).size).toBe(5);
});

test('the S-maze: the rule passes both gaps, more trajectories begin with the fewer, and nothing is trained', async () => {
  const rule = (file: string, transitions: number) =>
    make('smaze-demonstrations', '--seed', '1', '--transitions', String(transitions), '--out', at(file));
  const made = await rule('s.hdf5', 21_400);
  expect(made).toMatchObject({ settings: { source: 'rule' }, returns: { episodes: 214, meanLength: 100 } });
  // Its trained policy passes one gap and stays below 100.
  expect(made.returns.min).toBeGreaterThan(150);
  expect(made.notes[0]).toContain('scripted rule');
  await rule('more.hdf5', 25_000);
  const [few, more] = [await readD4rl(at('s.hdf5')), await readD4rl(at('more.hdf5'))];
  expect(few.metadata).toMatchObject({ algorithm: 'scripted', environment: 'SMaze-v0' });
  expect(more.observations.subarray(0, few.observations.length)).toEqual(few.observations);
  expect(new Set(few.episodes.map(({ start }) => few.observations[2 * start])).size).toBe(214);
  const refused = (...settings: string[]) =>
    expect(make('smaze-demonstrations', ...setting(...settings), '--out', at('never.hdf5'))).rejects;
  await refused('steps=3000').toThrow('add --set source=trpo');
  await refused('source=expert').toThrow('rule or trpo');
});

test('demonstrations with hidden modes are those of understudy expert', async () => {
  const flags = ['--seed', '3', '--out', at('circles.hdf5')];
  expect(await make('circles-demonstrations', ...setting('episodes=3'), ...flags)).toMatchObject({ transitions: 3000 });
  await runHere('expert', 'Circles-v0', '--episodes', '3', '--seed', '3', '--out', at('expert-circles.hdf5'));
  expect(readFileSync(at('circles.hdf5')).equals(readFileSync(at('expert-circles.hdf5')))).toBe(true);
});

test('without a name the recipes are listed; wrong names and settings are refused before anything is written', async () => {
  const listed = (await runHere('dataset', 'make')).printed.join('\n');
  for (const name of [
    'maze2d-large-dense-v1',
    'connect-four',
    'walker2d-medium-replay',
    'drawing-mouse2',
    'hopper-states',
  ]) {
    expect(listed).toContain(name);
  }
  const refused = (...argv: string[]) => expect(runHere('dataset', 'make', ...argv, '--out', at('never.hdf5'))).rejects;
  await refused('maze2d-umase-v1').toThrow('maze2d-umaze-v1');
  await refused('maze2d-umaze-v1', ...setting('noisy=1')).toThrow('it has noise, faults');
  await refused('maze2d-umaze-v1', ...setting('noise=much')).toThrow('takes a number');
  await refused('maze2d-umaze-v1', ...setting('faults=none')).toThrow('d4rl or repaired');
  await refused('hopper-medium', ...setting('run=runs/hopper')).toThrow('policy=FILE');
  await refused('cubic-curves', ...setting('count=-3')).toThrow('--set count takes a whole number of at least 1');
  await refused('hopper-states').toThrow('ends in .safetensors');
  const states = make('hopper-states', ...setting('horizon=0'), '--out', at('none.safetensors'), '--work', at('none'));
  await expect(states).rejects.toThrow('--set horizon takes a whole number of at least 1, but was 0');
  const refusedFile = (file: string) => expect(make('cubic-curves', '--out', file)).rejects;
  await refusedFile(at('cubic.csv')).toThrow('`understudy dataset convert` makes other formats of it');
  mkdirSync(at('directory.hdf5'));
  await refusedFile(at('directory.hdf5')).toThrow('is a directory');
  expect(existsSync(at('none'))).toBe(false);
  expect(existsSync(at('never.hdf5'))).toBe(false);
});
