import { createHash } from 'node:crypto';
import { existsSync, realpathSync, statSync } from 'node:fs';
import { basename, dirname, join, relative, resolve } from 'node:path';
import { InputError } from '@understudy/errors';
import { describeNamespace, findMinari, minariPath, minariRoot, parseDatasetId } from '@understudy/minari';
import { flattenSpaces, hasNestedSpaces } from './flatten-spaces.ts';
import { detectFormat, type Format, formatNames, formatOfPath, formats } from './formats.ts';
import { bytesOf, type Column, type Header, type Sink, type Source } from './table.ts';

/** Options of {@link convert}. */
export interface ConvertOptions {
  /** Default: by the content. */
  readonly from?: Format;
  /** Default: by the ending of the path. */
  readonly to?: Format;
  /** Whether what the new format cannot hold may be left out. Default false: it is an error. */
  readonly lossy?: boolean;
  /** Id of a new Minari dataset; default: its place below Minari's root, or its directory's name. */
  readonly id?: string;
  /** Stops the conversion; nothing is left under the new name. */
  readonly signal?: AbortSignal;
  /** Called after every block. */
  readonly onProgress?: (rows: number, total: number) => void;
}

/** What {@link convert} did. */
export interface ConvertReport {
  readonly input: string;
  readonly output: string;
  readonly from: Format;
  readonly to: Format;
  readonly rows: number;
  readonly columns: readonly Column[];
  /** What was left out; empty unless `lossy` was given. */
  readonly losses: readonly string[];
  /** Of the new file or files. */
  readonly bytes: number;
}

const MINARI_PREFIX = 'minari:';

/**
 * Converts a dataset from one format to another, block by block: memory does not grow with the dataset. The new file
 * takes its name when it is whole; an error or a stop leaves an earlier one as it was.
 *
 * @param input - A file, a Minari dataset's directory, or `minari:ID`.
 * @param output - Likewise.
 * @throws InputError when the input is damaged, the output cannot be written, both are the same, or something would be
 *   lost and `lossy` was not given.
 */
export async function convert(input: string, output: string, options: ConvertOptions = {}): Promise<ConvertReport> {
  const from = resolveInput(input);
  const to = resolvePath(output);
  const fromFormat = options.from ?? (input.startsWith(MINARI_PREFIX) ? 'minari' : detectFormat(from));
  const toFormat = options.to ?? (output.startsWith(MINARI_PREFIX) ? 'minari' : outputFormat(to));
  checkDifferent(from, to);
  if (options.id !== undefined && toFormat !== 'minari') {
    throw new InputError(
      `The id ${options.id} is for Minari, and ${to} is ${formats[toFormat].title}, so leave it out.`,
    );
  }
  const { lossy = false } = options;
  const source = await openForTarget(fromFormat, from, toFormat);
  let sink: Sink | undefined;
  try {
    const { header } = source;
    const known = [...source.losses, ...(await formats[toFormat].losses(header))];
    if (known.length > 0 && !lossy) throw refuseLosses(to, toFormat, known);
    const id = toFormat === 'minari' ? (options.id ?? minariId(output, to)) : undefined;
    sink = await formats[toFormat].openSink(to, header, { lossy, id });
    await copyBlocks(source, sink, options);
    const directory = dirname(to);
    if (output.startsWith(MINARI_PREFIX) && resolve(directory) !== resolve(minariRoot())) describeNamespace(directory);
    const found = await sink.finish();
    const { rows, columns } = header;
    const losses = [...known, ...found];
    return { input: from, output: to, from: fromFormat, to: toFormat, rows, columns, losses, bytes: sizeOf(to) };
  } catch (error) {
    await sink?.discard();
    throw error;
  } finally {
    await source.close();
  }
}

/**
 * The SHA-256 of a dataset's rows: names, types, shapes and bytes of its columns in the order of their names, whatever
 * format they are in.
 */
export async function contentHash(path: string, from?: Format): Promise<string> {
  const resolved = resolveInput(path);
  const format = from ?? (path.startsWith(MINARI_PREFIX) ? 'minari' : detectFormat(resolved));
  const source = await formats[format].openSource(resolved);
  try {
    const { columns } = source.header;
    const hashes = columns.map(({ name, type, shape }) =>
      createHash('sha256').update(JSON.stringify([name, type, shape])),
    );
    for await (const { data } of source.blocks()) {
      data.forEach((column, i) => {
        hashes[i].update(bytesOf(column));
      });
    }
    const digests = columns.map(({ name }, i) => ({ name, digest: hashes[i].digest() }));
    digests.sort((a, b) => (a.name < b.name ? -1 : 1));
    return digests.reduce((hash, { digest }) => hash.update(digest), createHash('sha256')).digest('hex');
  } finally {
    await source.close();
  }
}

/** Opens a dataset of any format for reading block by block. Close it when done. */
export async function openSource(path: string, from?: Format): Promise<Source> {
  const resolved = resolveInput(path);
  return formats[from ?? (path.startsWith(MINARI_PREFIX) ? 'minari' : detectFormat(resolved))].openSource(resolved);
}

async function openForTarget(from: Format, path: string, to: Format): Promise<Source> {
  const source = await formats[from].openSource(path);
  // D4RL has one array of observations; without --lossy the refusal says what that costs.
  return to === 'd4rl' && hasNestedSpaces(source) ? flattenSpaces(source) : source;
}

async function copyBlocks(source: Source, sink: Sink, { signal, onProgress }: ConvertOptions): Promise<void> {
  const { header } = source;
  let rows = 0;
  for await (const block of source.blocks()) {
    if (signal?.aborted) throw new InputError('The conversion was stopped, so nothing was written.');
    rows += block.rows;
    if (rows > header.rows) throw unequal(header, rows);
    await sink.write(block);
    onProgress?.(rows, header.rows);
    // Lets a signal in: much of the work does not wait for anything.
    await new Promise((resume) => setImmediate(resume));
  }
  if (signal?.aborted) throw new InputError('The conversion was stopped, so nothing was written.');
  if (rows !== header.rows) throw unequal(header, rows);
}

function unequal(header: Header, rows: number): InputError {
  return new InputError(`The input claims ${header.rows} rows and has ${rows}, so get a fresh copy.`);
}

function refuseLosses(path: string, format: Format, losses: readonly string[]): InputError {
  const list = losses.join('; ');
  return new InputError(`${formats[format].title} cannot hold ${list}: give --lossy to write ${path} without.`);
}

function resolvePath(path: string): string {
  return path.startsWith(MINARI_PREFIX) ? minariPath(path.slice(MINARI_PREFIX.length)) : path;
}

/** @throws InputError when there is no local Minari dataset of that id. */
function resolveInput(path: string): string {
  return path.startsWith(MINARI_PREFIX) ? findMinari(path.slice(MINARI_PREFIX.length)) : path;
}

function outputFormat(path: string): Format {
  const format = formatOfPath(path);
  if (format !== undefined) return format;
  const endings = formatNames.flatMap((name) => formats[name].extensions).join(', ');
  throw new InputError(`${path} has an ending of no format (${endings}, or -v0 for Minari), so add one or give --to.`);
}

/** Names of one file, links included, count as the same. */
function checkDifferent(input: string, output: string): void {
  // What is not there is told when it is opened.
  if (!existsSync(output) || !existsSync(input)) return;
  const [from, to] = [statSync(input), statSync(output)];
  const [fromPath, toPath] = [realpathSync(input), realpathSync(output)];
  const within = fromPath === toPath || fromPath.startsWith(`${toPath}/`) || toPath.startsWith(`${fromPath}/`);
  if (within || (from.ino === to.ino && from.dev === to.dev)) {
    throw new InputError(`${output} is the input itself, so choose another path for the output.`);
  }
}

function minariId(output: string, path: string): string {
  if (output.startsWith(MINARI_PREFIX)) return output.slice(MINARI_PREFIX.length);
  const below = relative(resolve(minariRoot()), resolve(path));
  const id = below.startsWith('..') ? basename(path) : below.split(/[\\/]/).join('/');
  try {
    parseDatasetId(id);
    return id;
  } catch {
    throw new InputError(`${path} does not end as a Minari dataset does (name-v0), so rename it or give --id.`);
  }
}

function sizeOf(path: string): number {
  const data = join(path, 'data', 'main_data.hdf5');
  return statSync(existsSync(data) ? data : path).size;
}
