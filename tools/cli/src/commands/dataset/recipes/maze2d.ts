import type { Maze2dEnv } from '@understudy/env-maze2d';
import type { CommandContext } from '../../../context.ts';
import { makeFromSource } from './from-source.ts';
import type { DatasetRecipe, MakeRequest } from './recipe.ts';
import { numberSetting, wordSetting } from './settings.ts';

/** Rows of D4RL's files, as far as known; a million is its script's own number. */
const mazes: readonly [name: string, version: string, transitions: number][] = [
  ['open', 'v0', 1_000_000],
  ['umaze', 'v1', 1_000_000],
  ['medium', 'v1', 2_000_000],
  ['large', 'v1', 4_000_000],
  ['eval-umaze', 'v1', 1_000_000],
  ['eval-medium', 'v1', 1_000_000],
  ['eval-large', 'v1', 1_000_000],
];

/** D4RL's maze2d data, under D4RL's names. */
export const maze2dRecipes: readonly DatasetRecipe[] = mazes.flatMap(([name, version, transitions]) =>
  (['sparse', 'dense'] as const).map((rewardType) => {
    const id = `maze2d-${name}${rewardType === 'dense' ? '-dense' : ''}-${version}`;
    return {
      name: id,
      summary: 'a ball led by waypoints and noisy forces between random places',
      transitions,
      settings: { noise: 0.5, faults: 'd4rl' },
      make: (request, context) => make(id, rewardType, request, request.transitions ?? transitions, context),
    } satisfies DatasetRecipe;
  }),
);

async function make(
  id: string,
  rewardType: 'sparse' | 'dense',
  request: MakeRequest,
  transitions: number,
  context: CommandContext,
) {
  const [{ make: makeEnv }, { WaypointController }, { maze2dSource }] = await Promise.all([
    import('@understudy/envs'),
    import('@understudy/env-maze2d'),
    import('@understudy/generate'),
  ]);
  const { settings } = request;
  const noise = numberSetting(settings, 'noise');
  const faults = wordSetting(settings, 'faults', ['d4rl', 'repaired']);
  const env = await makeEnv<unknown, unknown>(id);
  try {
    const world = env.unwrapped as unknown as Maze2dEnv;
    const source = maze2dSource({
      world,
      goal: world.target,
      maxEpisodeSteps: stepLimits[id.replace('-dense', '')],
      rewardType,
      noise,
      faults,
      createController: (seed) => new WaypointController(world.maze, { seed }),
    });
    const metadata = { environment: id, algorithm: 'waypoint controller', noise, faults };
    return await makeFromSource(id, source, transitions, metadata, request, context);
  } finally {
    env.close();
  }
}

/** D4RL's time limits. */
const stepLimits: Readonly<Record<string, number>> = {
  'maze2d-open-v0': 150,
  'maze2d-umaze-v1': 300,
  'maze2d-medium-v1': 600,
  'maze2d-large-v1': 800,
  'maze2d-eval-umaze-v1': 300,
  'maze2d-eval-medium-v1': 600,
  'maze2d-eval-large-v1': 800,
};
