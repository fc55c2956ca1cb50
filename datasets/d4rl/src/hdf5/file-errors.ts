import { InputError } from '@understudy/errors';
import { builtInFilters, type Hdf5Dataset } from './dataset.ts';
import { Hdf5Failure } from './failure.ts';

const MAX_CHUNK_BYTES = 2 ** 28;
const MAX_STRING_BYTES = 2 ** 24;
/** Deflate packs at most so many bytes into one. */
const MAX_EXPANSION = 1032;
/** What small files may claim in any case: chunks are stored whole, however few rows they hold. */
const SLACK_BYTES = 2 ** 22;

/** Tells in a sentence why a file cannot be opened; other errors come back as they are. */
export function readError(path: string, error: unknown): unknown {
  const { code } = error as { code?: string };
  const expected = 'where a dataset in HDF5 was expected';
  if (code === 'ENOENT' || code === 'ENOTDIR') return new InputError(`${path} does not exist, so check the path.`);
  if (code === 'EISDIR') return new InputError(`${path} is a directory ${expected}, so name a file in it.`);
  if (code === 'special') return new InputError(`${path} is not a regular file ${expected}, so choose another.`);
  if (code === 'EACCES' || code === 'EPERM') {
    return new InputError(`${path} may not be read by you, so change its permissions.`);
  }
  return error;
}

/** Tells in a sentence what an {@link Hdf5Failure} found; other errors come back as they are. */
export function damaged(path: string, error: unknown, name?: string): unknown {
  if (!(error instanceof Hdf5Failure)) return error;
  const where = name === undefined ? path : `"${name}" of ${path}`;
  const truncated = /truncated file: eof = (\d+).*stored_eof = (\d+)/.exec(error.message);
  if (truncated !== null) {
    const [, has, expected] = truncated;
    return new InputError(`${path} is cut off, ${has} of ${expected} bytes are there, so get a whole copy.`);
  }
  const reason = error.message
    .replaceAll(/\s+/g, ' ')
    .replace(/: time = .*/, '')
    .slice(0, 200);
  return new InputError(`${where} is damaged (HDF5: ${reason}), so get a fresh copy.`);
}

/**
 * Holds what a numeric dataset claims against what the file can hold, before memory is taken for it.
 *
 * @param fileBytes - Size of the file.
 */
export function checkNumeric(path: string, fileBytes: number, dataset: Hdf5Dataset): void {
  const { path: name, shape, dtype, bytes, chunks, filters } = dataset;
  if (dtype === 'string' || dtype === 'other') {
    throw refuse(path, name, `${dtype} data where numbers were expected`);
  }
  const unreadable = filters.find((filter) => !builtInFilters.includes(filter));
  if (unreadable !== undefined) {
    throw refuse(path, name, `data packed by the filter "${unreadable}"`, 'write it again with gzip');
  }
  const size = shape.reduce((product, n) => product * n, bytes);
  const expansion = filters.length > 0 ? MAX_EXPANSION : 1;
  if (!Number.isSafeInteger(size) || size > fileBytes * expansion + SLACK_BYTES) {
    throw refuse(path, name, `${size} bytes, more than a file of ${fileBytes} bytes can hold`);
  }
  if ((chunks ?? []).reduce((product, n) => product * n, bytes) > MAX_CHUNK_BYTES) {
    throw refuse(path, name, `chunks of more than ${MAX_CHUNK_BYTES} bytes`, 'write it again with smaller ones');
  }
}

/** Refuses more text than any D4RL file has. */
export function checkStrings(path: string, { path: name, shape, bytes }: Hdf5Dataset): void {
  const size = shape.reduce((product, n) => product * n, bytes);
  if (size <= MAX_STRING_BYTES) return;
  throw refuse(path, name, `strings of ${size} bytes, more than a D4RL file holds`);
}

function refuse(path: string, name: string, claim: string, advice = 'get a fresh copy'): InputError {
  return new InputError(`${path}: "${name}" claims ${claim}, so ${advice}.`);
}
