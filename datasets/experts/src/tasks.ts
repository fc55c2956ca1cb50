import type { ExpertTask, ModeSpace, TrainingRecipe } from './task.ts';

const sogTable = 'Vahabpour et al. 2022, table 1';
const noModes: ModeSpace = { kind: 'none' };

const directions = (degrees: readonly number[]): ModeSpace => ({
  kind: 'discrete',
  labels: degrees.map((angle) => `${angle} degrees`),
});
const speeds = (values: readonly number[]): ModeSpace => ({
  kind: 'discrete',
  labels: values.map((speed) => `${speed} m/s`),
});

/**
 * PPO with little noise at the start: with the default's, legged bodies settle for less. Several environments side by
 * side show one update several modes.
 */
const ppo = (totalSteps: number, conditioned: boolean, settings: Readonly<Record<string, unknown>> = {}) =>
  ({
    algorithm: 'ppo',
    conditioned,
    settings: { initialLogStandardDeviation: -1, ...settings, totalSteps },
  }) satisfies TrainingRecipe;

/** For one policy of many modes: larger networks, and rollouts of 8 environments. */
const wide = { hiddenSizes: [128, 128], envs: 8, steps: 512 };

/**
 * For walkers whose standing still is paid too: short rollouts of 4 environments and a longer horizon keep them from
 * settling for it.
 */
const brisk = { gamma: 0.995, envs: 4, steps: 512 };

const modeTasks: readonly ExpertTask[] = [
  {
    id: 'Circles-v0',
    environmentOptions: {},
    episodeSteps: 1000,
    episodes: 500,
    modes: { kind: 'discrete', labels: ['radius -10', 'radius 10', 'radius 20'] },
    recipe: ppo(1_000_000, true, wide),
    paper: { source: sogTable, mean: 998.3, std: 0.1 },
  },
  {
    id: 'Ant-Fwd-Back',
    environmentOptions: {},
    episodeSteps: 200,
    episodes: 100,
    modes: directions([0, 180]),
    recipe: ppo(3_000_000, true, wide),
    paper: { source: sogTable, mean: 1068.7, std: 109.7 },
  },
  {
    id: 'Ant-Dir-6',
    environmentOptions: {},
    episodeSteps: 200,
    episodes: 300,
    modes: directions([0, 60, 120, 180, 240, 300]),
    recipe: ppo(8_000_000, true, wide),
    paper: { source: sogTable, mean: 1031.7, std: 253.7 },
  },
  {
    id: 'HalfCheetah-Fwd-Back',
    environmentOptions: {},
    episodeSteps: 200,
    episodes: 100,
    modes: { kind: 'discrete', labels: ['backward', 'forward'] },
    recipe: ppo(2_000_000, false),
    paper: { source: sogTable, mean: 1686.0, std: 135.4 },
  },
  {
    id: 'HalfCheetah-Vel',
    environmentOptions: {},
    episodeSteps: 200,
    episodes: 500,
    modes: { kind: 'continuous', low: 1.5, high: 3, unit: 'm/s' },
    recipe: ppo(3_000_000, true, wide),
  },
  {
    id: 'Humanoid-Dir-6',
    environmentOptions: {},
    episodeSteps: 1000,
    episodes: 100,
    modes: directions([0, 60, 120, 180, 240, 300]),
    recipe: ppo(20_000_000, true, { ...wide, hiddenSizes: [256, 256], envs: 16 }),
    paper: { source: sogTable, mean: 6206.6, std: 292.6 },
  },
  {
    id: 'Walker2d-Vel-6',
    environmentOptions: {},
    episodeSteps: 1000,
    episodes: 100,
    modes: speeds([-1.5, -1, -0.5, 0.5, 1, 1.5]),
    recipe: ppo(500_000, false, brisk),
    paper: { source: sogTable, mean: 1964.6, std: 394.6 },
  },
  {
    id: 'Hopper-Vel-6',
    environmentOptions: {},
    episodeSteps: 1000,
    episodes: 100,
    modes: speeds([-2, -1.5, 0.5, 1, 1.5, 2]),
    recipe: ppo(800_000, false, { ...brisk, initialLogStandardDeviation: -0.5 }),
    paper: { source: sogTable, mean: 2229.7, std: 438.6 },
  },
  {
    id: 'FetchReach-v4',
    environmentOptions: { hideGoal: true },
    episodeSteps: 50,
    episodes: 500,
    modes: { kind: 'told', info: 'desired_goal' },
    paper: { source: 'Vahabpour et al. 2022, table 2', successRate: 1 },
  },
];

/** Tasks without modes, whose PPO needs no more than a number of steps. */
const plainTasks: Readonly<Record<string, TrainingRecipe>> = {
  'CartPole-v1': { algorithm: 'ppo', conditioned: false, settings: { totalSteps: 200_000 } },
  'InvertedPendulum-v5': ppo(300_000, false),
  'Reacher-v5': ppo(1_000_000, false),
  'Swimmer-v5': ppo(1_000_000, false, { gamma: 0.999 }),
  'HalfCheetah-v5': ppo(1_000_000, false),
  'Hopper-v5': ppo(2_000_000, false),
  'Walker2d-v5': ppo(3_000_000, false),
  'Ant-v5': ppo(5_000_000, false, wide),
};

const allTasks: readonly ExpertTask[] = [
  ...modeTasks,
  ...Object.entries(plainTasks).map(([id, recipe]): ExpertTask => ({ ...defaultsOf(id), recipe, episodes: 10 })),
];

/** The table: every task with settings that make experts, with the episode lengths of the papers. */
export const expertTasks: ReadonlyMap<string, ExpertTask> = new Map(allTasks.map((task) => [task.id, task]));

/** What is known of an environment; of one that is not in the table, that it has no modes and no recipe. */
export function expertTask(id: string): ExpertTask {
  return expertTasks.get(id) ?? defaultsOf(id);
}

function defaultsOf(id: string): ExpertTask {
  return { id, environmentOptions: {}, episodes: 10, modes: noModes };
}
