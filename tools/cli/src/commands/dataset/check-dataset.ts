import { basename } from 'node:path';
import type { D4rlEntry } from '@understudy/d4rl';
import { InputError, nearestNames } from '@understudy/errors';

/** Numbers in a row of a dataset. */
export interface DataSizes {
  readonly observationSize: number;
  readonly actionSize: number;
}

/** @throws InputError for a dataset in another format than D4RL's, with the command that makes it one. */
export async function checkFormat(file: string): Promise<void> {
  const { detectFormat } = await import('@understudy/convert');
  let format: string;
  try {
    format = detectFormat(file);
  } catch {
    // Whoever reads it says what is wrong.
    return;
  }
  if (format === 'd4rl') return;
  const made = `${basename(file).replace(/\.[^.]+$/, '')}.hdf5`;
  throw new InputError(
    `${file} is in the format ${format}, and only D4RL's is looked into: ` +
      `\`understudy dataset convert ${file} ${made}\` makes it one.`,
  );
}

/** Whether data have the dimensions of a dataset of D4RL, as far as they are known. */
export function fits({ observationSize, actionSize }: DataSizes, entry: Partial<DataSizes>): boolean {
  const { observationSize: observations = observationSize, actionSize: actions = actionSize } = entry;
  return observations === observationSize && actions === actionSize;
}

/** The dimensions of both, in words. */
export function differences(data: DataSizes, { observationSize, actionSize }: Partial<DataSizes>): string {
  return (
    `it has ${data.observationSize} observation and ${data.actionSize} action numbers a transition, ` +
    `where ${observationSize} and ${actionSize} were expected`
  );
}

/**
 * Checks that data can be of an environment: of the one that is here, or of an older one that D4RL recorded it in.
 *
 * @throws InputError when there is no such environment, or it has other dimensions.
 */
export async function checkEnvironment(file: string, data: DataSizes, id: string): Promise<void> {
  const [{ environmentIds, make }, { actionSizeOf }, { d4rlCatalogue }] = await Promise.all([
    import('@understudy/envs'),
    import('@understudy/training'),
    import('@understudy/d4rl'),
  ]);
  const ids = environmentIds();
  if (!ids.includes(id)) {
    const near = nearestNames(id, ids);
    const meant = near.length > 0 ? `near are ${near.join(', ')}` : '`understudy env list` lists all';
    throw new InputError(`There is no environment "${id}" for --env: ${meant}.`);
  }
  const recorded = (entry: D4rlEntry) => entry.environment === id && entry.observationSize !== undefined;
  if ([...d4rlCatalogue().values()].some((entry) => recorded(entry) && fits(data, entry))) return;
  const env = await make<unknown, unknown>(id);
  const sizes = { observationSize: env.observationSpace.flatSize, actionSize: actionSizeOf(env.actionSpace) };
  env.close();
  if (fits(data, sizes)) return;
  throw new InputError(
    `${file} is not of ${id}: ${differences(data, sizes)}, so choose its own environment for --env.`,
  );
}
