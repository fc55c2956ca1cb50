/** The packages that carry environments, by the ids they register. */
interface EnvironmentPackage {
  readonly ids: readonly string[];
  /** Imports the package, which registers its ids. */
  load(): Promise<unknown>;
}

const environmentPackages: readonly EnvironmentPackage[] = [
  { ids: ['HalfCheetah-v4', 'HalfCheetah-v5'], load: () => import('@understudy/env-half-cheetah') },
  { ids: ['Hopper-v4', 'Hopper-v5'], load: () => import('@understudy/env-hopper') },
];

/** Ids of all environments in this collection, sorted. */
export function environmentIds(): string[] {
  return environmentPackages.flatMap(({ ids }) => ids).sort();
}

/** Imports the package that registers an id; nothing happens for an id of no package. */
export async function loadEnvironment(id: string): Promise<void> {
  await environmentPackages.find(({ ids }) => ids.includes(id))?.load();
}
