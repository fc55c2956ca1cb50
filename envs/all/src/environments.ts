/** The packages that carry environments, by the ids they register. */
interface EnvironmentPackage {
  readonly ids: readonly string[];
  /** Imports the package, which registers its ids. */
  load(): Promise<unknown>;
}

/** `stem` in the sparse and the dense form of Maze2D. */
const maze2dIds = (stem: string, version: string) => [`maze2d-${stem}-${version}`, `maze2d-${stem}-dense-${version}`];

/** A PointMaze in its sparse and its dense form. */
const pointMazeIds = (maze: string) => [`PointMaze_${maze}-v3`, `PointMaze_${maze}Dense-v3`];

/** An AntMaze of Gymnasium-Robotics in its sparse and its dense form. */
const antMazeIds = (maze: string) => [`AntMaze_${maze}-v5`, `AntMaze_${maze}Dense-v5`];

/** A D4RL maze as its three versions name it. */
const d4rlAntMazeIds = (maze: string) => ['v0', 'v1', 'v2'].map((version) => `antmaze-${maze}-${version}`);

/** D4RL's names: the maze, and in the two larger ones how the data was made. */
const d4rlAntMazes = ['umaze', 'umaze-diverse', 'medium-play', 'medium-diverse', 'large-play', 'large-diverse'];

const environmentPackages: readonly EnvironmentPackage[] = [
  { ids: ['Ant-v4', 'Ant-v5'], load: () => import('@understudy/env-ant') },
  {
    ids: [
      ...['UMaze', 'Open', 'Medium', 'Large'].flatMap(antMazeIds),
      ...['Open', 'Medium', 'Large'].flatMap((maze) =>
        ['_Diverse_G', '_Diverse_GR'].flatMap((form) => antMazeIds(maze + form)),
      ),
      ...d4rlAntMazes.flatMap(d4rlAntMazeIds),
      ...d4rlAntMazes.map((maze) => `antmaze-eval-${maze}-v0`),
    ],
    load: () => import('@understudy/env-ant-maze'),
  },
  { ids: ['CartPole-v1'], load: () => import('@understudy/env-cart-pole') },
  { ids: ['Circles-v0'], load: () => import('@understudy/env-circles') },
  { ids: ['ConnectFour-v0'], load: () => import('@understudy/env-connect-four') },
  { ids: ['CubicCurves-v0'], load: () => import('@understudy/env-cubic-curves') },
  {
    ids: ['DrawingPath1-v0', 'DrawingCircle-v0', 'DrawingMouse1-v0', 'DrawingMouse2-v0'],
    load: () => import('@understudy/env-drawings'),
  },
  { ids: ['FetchReach-v4', 'FetchReachDense-v4'], load: () => import('@understudy/env-fetch-reach') },
  { ids: ['HalfCheetah-v4', 'HalfCheetah-v5'], load: () => import('@understudy/env-half-cheetah') },
  { ids: ['Hopper-v4', 'Hopper-v5'], load: () => import('@understudy/env-hopper') },
  { ids: ['Humanoid-v4', 'Humanoid-v5'], load: () => import('@understudy/env-humanoid') },
  { ids: ['InvertedPendulum-v5'], load: () => import('@understudy/env-inverted-pendulum') },
  {
    ids: ['BimodalAction-v0', 'HiddenVelocity-v0', 'IntegratorTrack-v0', 'Recall-v0'],
    load: () => import('@understudy/env-lecture-toys'),
  },
  {
    ids: [
      ...maze2dIds('open', 'v0'),
      ...['umaze', 'medium', 'large', 'eval-umaze', 'eval-medium', 'eval-large'].flatMap((stem) =>
        maze2dIds(stem, 'v1'),
      ),
      ...['Open', 'UMaze', 'Medium', 'Large'].flatMap(pointMazeIds),
      ...['Open', 'Medium', 'Large'].flatMap((maze) =>
        ['_Diverse_G', '_Diverse_GR'].flatMap((form) => pointMazeIds(maze + form)),
      ),
    ],
    load: () => import('@understudy/env-maze2d'),
  },
  {
    ids: [
      'Ant-Fwd-Back',
      'Ant-Dir-6',
      'HalfCheetah-Fwd-Back',
      'HalfCheetah-Vel',
      'Humanoid-Dir-6',
      'Walker2d-Vel-6',
      'Hopper-Vel-6',
    ],
    load: () => import('@understudy/env-multi-mode'),
  },
  { ids: ['Reacher-v5'], load: () => import('@understudy/env-reacher') },
  { ids: ['Swimmer-v5'], load: () => import('@understudy/env-swimmer') },
  { ids: ['Walker2d-v4', 'Walker2d-v5'], load: () => import('@understudy/env-walker2d') },
  {
    ids: ['CMaze-v0', 'CMazeMirrored-v0', 'SMaze-v0', 'SMazeMirrored-v0'],
    load: () => import('@understudy/env-walled-maze'),
  },
];

/** Ids of all environments in this collection, sorted. */
export function environmentIds(): string[] {
  return environmentPackages.flatMap(({ ids }) => ids).sort();
}

/** Imports the package that registers an id; nothing happens for an id of no package. */
export async function loadEnvironment(id: string): Promise<void> {
  await environmentPackages.find(({ ids }) => ids.includes(id))?.load();
}
