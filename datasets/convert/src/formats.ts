import { existsSync, statSync } from 'node:fs';
import { basename, extname, join } from 'node:path';
import { InputError } from '@understudy/errors';
import { InputFile } from './input-file.ts';
import type { Header, Sink, SinkOptions, Source } from './table.ts';

/** The formats by name. */
export type Format = 'd4rl' | 'minari' | 'parquet' | 'arrow' | 'safetensors' | 'npz' | 'csv' | 'jsonl';

/** How a format is told, read and written. */
export interface FormatDriver {
  readonly title: string;
  readonly extensions: readonly string[];
  openSource(path: string): Promise<Source>;
  openSink(path: string, header: Header, options: SinkOptions): Promise<Sink>;
  /** What the format cannot hold of a dataset. */
  losses(header: Header): Promise<readonly string[]>;
}

const none = async (): Promise<readonly string[]> => [];

/** Every format's code is loaded when it is first needed. */
export const formats: Readonly<Record<Format, FormatDriver>> = {
  d4rl: {
    title: 'D4RL (HDF5)',
    extensions: ['.hdf5', '.h5'],
    openSource: async (path) => (await import('./d4rl/source.ts')).openD4rlSource(path),
    openSink: async (path, header) => (await import('./d4rl/sink.ts')).openD4rlSink(path, header),
    losses: async (header) => (await import('./d4rl/sink.ts')).d4rlLosses(header),
  },
  minari: {
    title: 'Minari',
    extensions: [],
    openSource: async (path) => (await import('./minari/source.ts')).openMinariSource(path),
    openSink: async (path, header, options) => (await import('./minari/sink.ts')).openMinariSink(path, header, options),
    losses: async (header) => (await import('./minari/sink.ts')).minariLosses(header),
  },
  parquet: {
    title: 'Parquet',
    extensions: ['.parquet', '.pq'],
    openSource: async (path) => (await import('./parquet/source.ts')).openParquetSource(path),
    openSink: async (path, header) => (await import('./parquet/sink.ts')).openParquetSink(path, header),
    losses: none,
  },
  arrow: {
    title: 'Arrow IPC',
    extensions: ['.arrow', '.feather', '.ipc'],
    openSource: async (path) => (await import('./arrow/source.ts')).openArrowSource(path),
    openSink: async (path, header) => (await import('./arrow/sink.ts')).openArrowSink(path, header),
    losses: none,
  },
  safetensors: {
    title: 'safetensors',
    extensions: ['.safetensors'],
    openSource: async (path) => (await import('./safetensors/source.ts')).openSafetensorsSource(path),
    openSink: async (path, header) => (await import('./safetensors/sink.ts')).openSafetensorsSink(path, header),
    losses: none,
  },
  npz: {
    title: 'NPZ',
    extensions: ['.npz'],
    openSource: async (path) => (await import('./npz/source.ts')).openNpzSource(path),
    openSink: async (path, header) => (await import('./npz/sink.ts')).openNpzSink(path, header),
    losses: none,
  },
  csv: {
    title: 'CSV',
    extensions: ['.csv'],
    openSource: async (path) => (await import('./csv/source.ts')).openCsvSource(path),
    openSink: async (path, header) => (await import('./csv/sink.ts')).openCsvSink(path, header),
    losses: async (header) => (await import('./csv/sink.ts')).csvLosses(header),
  },
  jsonl: {
    title: 'JSON Lines',
    extensions: ['.jsonl', '.ndjson'],
    openSource: async (path) => (await import('./jsonl/source.ts')).openJsonLinesSource(path),
    openSink: async (path, header) => (await import('./jsonl/sink.ts')).openJsonLinesSink(path, header),
    losses: none,
  },
};

export const formatNames = Object.keys(formats) as Format[];

/** @throws InputError when it is no format's name. */
export function parseFormat(name: string): Format {
  const found = formatNames.find((format) => format === name.toLowerCase());
  if (found === undefined) throw new InputError(`"${name}" is no format, so choose one of ${formatNames.join(', ')}.`);
  return found;
}

/** The format that a path's ending stands for. */
export function formatOfPath(path: string): Format | undefined {
  const extension = extname(path).toLowerCase();
  const named = formatNames.find((format) => formats[format].extensions.includes(extension));
  return named ?? (/-v\d+$/.test(basename(path)) ? 'minari' : undefined);
}

/**
 * The format of an existing file by its content.
 *
 * @throws InputError when it is in none, or in another than its ending says.
 */
export function detectFormat(path: string): Format {
  const named = formatOfPath(path);
  const found = formatOfContent(path);
  if (found === undefined) {
    throw new InputError(
      `${path} is in no format that is read here, so give one of ${formatNames.join(', ')} as --from.`,
    );
  }
  if (named !== undefined && named !== found && extname(path) !== '' && named !== 'minari') {
    throw new InputError(
      `${path} is named as ${formats[named].title} but has the content of ${formats[found].title}, ` +
        `so rename it or give --from ${found}.`,
    );
  }
  return found;
}

function formatOfContent(path: string): Format | undefined {
  if (statSync(path, { throwIfNoEntry: false })?.isDirectory()) {
    const data = [join(path, 'data'), path].some((directory) => existsSync(join(directory, 'main_data.hdf5')));
    if (!data) throw new InputError(`${path} is a directory without a Minari dataset in it, so name a file.`);
    return 'minari';
  }
  if (basename(path) === 'main_data.hdf5') return 'minari';
  const file = new InputFile(path);
  try {
    if (file.size === 0) throw new InputError(`${path} is empty, where a dataset was expected.`);
    const start = file.read(0, Math.min(file.size, 4096));
    return formatOfBytes(start, file.size);
  } finally {
    file.close();
  }
}

function formatOfBytes(start: Uint8Array, size: number): Format | undefined {
  const text = new TextDecoder('latin1').decode(start);
  if (text.startsWith('\u0089HDF\r\n')) return 'd4rl';
  if (text.startsWith('PAR1')) return 'parquet';
  if (text.startsWith('ARROW1')) return 'arrow';
  if (text.startsWith('PK')) return 'npz';
  if (start.length >= 9 && start[8] === 0x7b) {
    const header = new DataView(start.buffer, start.byteOffset).getBigUint64(0, true);
    if (header <= BigInt(size)) return 'safetensors';
  }
  if (/^\s*\{/.test(text)) return 'jsonl';
  return /^[\x20-\x7e\xa0-\xff\t]*[,\n]/.test(text) || /^[\x20-\x7e]+\r?\n/.test(text) ? 'csv' : undefined;
}
