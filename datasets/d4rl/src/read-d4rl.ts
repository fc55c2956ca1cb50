import { InputError } from '@understudy/errors';
import type { D4rlDataset, ShapedColumn } from './columns.ts';
import { type D4rlFile, type OpenD4rlOptions, openD4rl } from './d4rl-file.ts';
import { checkMaxEpisodeSteps, findEpisodes, timeoutsByLength } from './episodes.ts';

/** Options of {@link readD4rl}. */
export interface ReadD4rlOptions extends OpenD4rlOptions {
  /** Where the file has no `timeouts`, episodes end after so many steps. Default: only at terminals. */
  readonly maxEpisodeSteps?: number;
  /** Whether `infos/*` are read. Default true. */
  readonly infos?: boolean;
  /** The columns may take so many bytes of memory. Default 4 GiB. */
  readonly maxBytes?: number;
}

const DEFAULT_MAX_BYTES = 4 * 2 ** 30;

/**
 * Reads a whole D4RL file into memory. For files larger than memory use {@link openD4rl}.
 *
 * @throws InputError when the file is missing, no HDF5, cut off, damaged, of another shape than D4RL's, or larger than
 *   `maxBytes` in memory.
 */
export async function readD4rl(path: string, options: ReadD4rlOptions = {}): Promise<D4rlDataset> {
  const { maxEpisodeSteps, infos: withInfos = true, maxBytes = DEFAULT_MAX_BYTES } = options;
  if (maxEpisodeSteps !== undefined) checkMaxEpisodeSteps(maxEpisodeSteps);
  const file = await openD4rl(path, options);
  try {
    const names = [...file.columns.keys()].filter((name) => withInfos || !name.startsWith('infos/'));
    const bytes = names.reduce((sum, name) => sum + file.memoryBytes(name), 0);
    if (bytes > maxBytes) {
      throw new InputError(
        `${path} takes ${bytes} bytes in memory and maxBytes is ${maxBytes}, so raise it or read slices with openD4rl.`,
      );
    }
    const terminals = await file.readFlags('terminals');
    const timeoutsStored = file.columns.has('timeouts');
    const timeouts = timeoutsStored ? await file.readFlags('timeouts') : timeoutsByLength(terminals, maxEpisodeSteps);
    return {
      transitions: file.transitions,
      observationSize: file.observationSize,
      actionSize: file.actionSize,
      observations: await file.readFloats('observations'),
      actions: await file.readFloats('actions'),
      rewards: await file.readFloats('rewards'),
      terminals,
      timeouts,
      nextObservations: file.columns.has('next_observations') ? await file.readFloats('next_observations') : undefined,
      episodes: findEpisodes(terminals, timeouts),
      infos: await readInfos(file, names),
      metadata: await file.readMetadata(),
      timeoutsStored,
    };
  } finally {
    file.close();
  }
}

async function readInfos(file: D4rlFile, names: readonly string[]): Promise<Record<string, ShapedColumn>> {
  const infos: Record<string, ShapedColumn> = Object.create(null);
  for (const name of names) {
    if (!name.startsWith('infos/')) continue;
    infos[name.slice('infos/'.length)] = { data: await file.read(name), shape: file.columns.get(name)!.shape };
  }
  return infos;
}
