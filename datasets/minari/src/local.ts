import { existsSync, readdirSync, rmSync } from 'node:fs';
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';
import { InputError, nearestNames } from '@understudy/errors';
import { compareDatasetIds, parseDatasetId } from './dataset-id.ts';
import type { MinariMetadata } from './metadata.ts';
import { type MinariFile, openMinari } from './minari-file.ts';
import { MinariWriter, type MinariWriterOptions } from './minari-writer.ts';
import { describeNamespace } from './write-text.ts';

const MAX_DEPTH = 16;

/** Where Minari keeps its datasets: `$MINARI_DATASETS_PATH`, or `~/.minari/datasets`. */
export function minariRoot(): string {
  return process.env.MINARI_DATASETS_PATH ?? join(homedir(), '.minari', 'datasets');
}

/** Where the dataset of an id lies, whether it exists or not. */
export function minariPath(id: string, root = minariRoot()): string {
  parseDatasetId(id);
  return join(root, ...id.split('/'));
}

/** A dataset of {@link listMinari}: its metadata, or why it cannot be read. */
export type MinariListing =
  | { readonly id: string; readonly metadata: MinariMetadata }
  | { readonly id: string; readonly problem: string };

/** The local datasets in Minari's order; those that are not whole come with a reason. */
export async function listMinari(root = minariRoot()): Promise<MinariListing[]> {
  const listings: MinariListing[] = [];
  for (const id of findDatasets(root, '').sort(compareDatasetIds)) {
    try {
      const file = await openMinari(minariPath(id, root));
      file.close();
      const { metadata } = file;
      if (metadata.id === id) listings.push({ id, metadata });
      else listings.push({ id, problem: `Its metadata calls it ${metadata.id}.` });
    } catch (error) {
      listings.push({ id, problem: (error as Error).message });
    }
  }
  return listings;
}

/**
 * Opens a local dataset by its id.
 *
 * @throws InputError when there is none of that id (near ones are named) or it is not whole.
 */
export async function loadMinari(id: string, root = minariRoot()): Promise<MinariFile> {
  return openMinari(findMinari(id, root));
}

/**
 * The directory of a local dataset.
 *
 * @throws InputError when there is none of that id; near ones are named.
 */
export function findMinari(id: string, root = minariRoot()): string {
  const path = minariPath(id, root);
  if (existsSync(join(path, 'data'))) return path;
  throw unknown(id, root);
}

/**
 * Begins a local dataset; its namespace is made as Minari makes it.
 *
 * @throws InputError when there already is one of that id.
 */
export function createMinari(options: MinariWriterOptions, root = minariRoot()): MinariWriter {
  const path = minariPath(options.id, root);
  const { namespace } = parseDatasetId(options.id);
  if (namespace !== undefined) describeNamespace(dirname(path));
  return new MinariWriter(path, options);
}

/**
 * Removes a local dataset; its namespace stays.
 *
 * @throws InputError when there is none of that id.
 */
export function deleteMinari(id: string, root = minariRoot()): void {
  // Only what looks like a dataset is removed, never a namespace.
  rmSync(findMinari(id, root), { recursive: true });
}

function unknown(id: string, root: string): InputError {
  const near = nearestNames(id, findDatasets(root, ''));
  const advice = near.length > 0 ? `did you mean ${near.join(' or ')}?` : 'download it with Minari or check the id.';
  return new InputError(`There is no dataset ${id} in ${root}; ${advice}`);
}

/** Directories with `data` in them, wherever they are; hidden ones are left out, as Minari does. */
function findDatasets(root: string, prefix: string, depth = 0): string[] {
  const directory = join(root, prefix);
  if (depth > MAX_DEPTH || !existsSync(directory)) return [];
  const names = readdirSync(directory, { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && !entry.name.startsWith('.'))
    .map(({ name }) => (prefix === '' ? name : `${prefix}/${name}`));
  return names.flatMap((name) => {
    if (!existsSync(join(root, name, 'data'))) return findDatasets(root, name, depth + 1);
    return isId(name) ? [name] : [];
  });
}

function isId(name: string): boolean {
  try {
    parseDatasetId(name);
    return true;
  } catch {
    return false;
  }
}
