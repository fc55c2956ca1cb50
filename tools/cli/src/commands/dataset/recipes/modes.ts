import type { CommandContext } from '../../../context.ts';
import type { DatasetRecipe, MadeDataset, MakeRequest } from './recipe.ts';
import { numberSetting } from './settings.ts';

/** The tasks with hidden modes, as `understudy expert` knows them; their table is loaded when one is made. */
const modeTasks: readonly [name: string, environment: string][] = [
  ['circles', 'Circles-v0'],
  ['ant-fwd-back', 'Ant-Fwd-Back'],
  ['ant-dir-6', 'Ant-Dir-6'],
  ['halfcheetah-fwd-back', 'HalfCheetah-Fwd-Back'],
  ['halfcheetah-vel', 'HalfCheetah-Vel'],
  ['humanoid-dir-6', 'Humanoid-Dir-6'],
  ['walker2d-vel-6', 'Walker2d-Vel-6'],
  ['hopper-vel-6', 'Hopper-Vel-6'],
  ['fetch-reach', 'FetchReach-v4'],
];

/** Expert data of all modes mixed, as `understudy expert` makes it, with the settings of its table. */
export const modeRecipes: readonly DatasetRecipe[] = modeTasks.map(([name, environment]) => ({
  name: `${name}-demonstrations`,
  summary: `expert data of ${environment} with its modes hidden, as \`understudy expert\` makes it`,
  settings: { source: '', episodes: 0, steps: 0 },
  make: (request, context) => make(environment, request, context),
}));

async function make(id: string, request: MakeRequest, context: CommandContext): Promise<MadeDataset | undefined> {
  const [{ make: makeEnv }, { expertTask, makeExpertData }, { openExperts }, { summarizeReturns }] = await Promise.all([
    import('@understudy/envs'),
    import('@understudy/experts'),
    import('../../../expert/expert-source.ts'),
    import('@understudy/generate'),
  ]);
  const { settings, seed, directory, signal, file, transitions } = request;
  const task = expertTask(id);
  const env = await makeEnv<unknown, unknown>(id, task.environmentOptions);
  try {
    const steps = numberSetting(settings, 'steps');
    const source = settings.source === '' ? undefined : String(settings.source);
    const trainingSettings = steps > 0 ? { totalSteps: steps } : {};
    const asked = { source, seed, directory, settings: trainingSettings, forTraining: steps > 0, signal };
    const opened = await openExperts(task, env, asked, context);
    if (!opened) return undefined;
    const episodes = numberSetting(settings, 'episodes') || task.episodes;
    const unit = transitions === undefined ? 'episodes' : 'transitions';
    const amount = { unit, count: transitions ?? episodes } as const;
    const progress = context.startProgress({ label: 'record', total: amount.count, unit });
    const onProgress = (done: { episodes: number; transitions: number }) => progress.update(done[unit]);
    const made = await makeExpertData(task, env, opened.source, { file, directory, amount, seed, onProgress, signal });
    progress.stop();
    if (!made) return undefined;
    const returns = summarizeReturns(
      made.episodes.map((episode) => episode.return),
      made.episodes.map(({ length }) => length),
    );
    return { transitions: made.transitions, returns };
  } finally {
    env.close();
  }
}
