/** The packages that carry environments, by the ids they register. */
interface EnvironmentPackage {
  readonly ids: readonly string[];
  /** Imports the package, which registers its ids. */
  load(): Promise<unknown>;
}

const environmentPackages: readonly EnvironmentPackage[] = [
  { ids: ['Ant-v4', 'Ant-v5'], load: () => import('@understudy/env-ant') },
  { ids: ['CartPole-v1'], load: () => import('@understudy/env-cart-pole') },
  { ids: ['HalfCheetah-v4', 'HalfCheetah-v5'], load: () => import('@understudy/env-half-cheetah') },
  { ids: ['Hopper-v4', 'Hopper-v5'], load: () => import('@understudy/env-hopper') },
  { ids: ['Humanoid-v4', 'Humanoid-v5'], load: () => import('@understudy/env-humanoid') },
  { ids: ['InvertedPendulum-v5'], load: () => import('@understudy/env-inverted-pendulum') },
  { ids: ['Reacher-v5'], load: () => import('@understudy/env-reacher') },
  { ids: ['Swimmer-v5'], load: () => import('@understudy/env-swimmer') },
  { ids: ['Walker2d-v4', 'Walker2d-v5'], load: () => import('@understudy/env-walker2d') },
];

/** Ids of all environments in this collection, sorted. */
export function environmentIds(): string[] {
  return environmentPackages.flatMap(({ ids }) => ids).sort();
}

/** Imports the package that registers an id; nothing happens for an id of no package. */
export async function loadEnvironment(id: string): Promise<void> {
  await environmentPackages.find(({ ids }) => ids.includes(id))?.load();
}
