import type { D4rlMetadata, MetadataValue, ShapedColumn } from '@understudy/d4rl';
import { InputError } from '@understudy/errors';
import { z } from 'zod';
import { type Column, type EpisodeNote, type Header, isColumnType, rowBytesOf } from './table.ts';

/** The key under which formats with text metadata keep a {@link formatDescriptor | descriptor}. */
export const DESCRIPTOR_KEY = 'understudy';

const ARRAY_KEY = '$array';
const MAX_COLUMNS = 10_000;
const MAX_ROW_BYTES = 2 ** 26;
const arrays = { float32: Float32Array, float64: Float64Array, int32: Int32Array, uint8: Uint8Array } as const;

const dimension = z
  .number()
  .int()
  .min(1)
  .max(2 ** 31);
const columnSchema = z.object({
  name: z.string().min(1),
  type: z.string().refine(isColumnType, 'no type of a column'),
  shape: z.array(dimension).max(8),
});
const episodeSchema = z.object({
  length: z.number().int().nonnegative(),
  seed: z.number().optional(),
  attributes: z.record(z.string(), z.unknown()).optional(),
});
const schema = z.object({
  version: z.literal(1),
  rows: z.number().int().nonnegative(),
  columns: z.array(columnSchema).min(1).max(MAX_COLUMNS),
  metadata: z.record(z.string(), z.unknown()),
  episodes: z.array(episodeSchema).optional(),
});

/** A header as JSON text: what Parquet, Arrow and others keep beside the columns. Arrays are in base64. */
export function formatDescriptor(header: Header): string {
  const { rows, columns, metadata, episodes } = header;
  return JSON.stringify({ version: 1, rows, columns, metadata: encodeMetadata(metadata), episodes });
}

/**
 * The inverse of {@link formatDescriptor}.
 *
 * @param where - Names the file in errors.
 * @throws InputError when it is anything else.
 */
export function parseDescriptor(text: string, where: string): Header {
  const fail = (reason: string) =>
    new InputError(`${where}: its description is damaged (${reason}), so get a fresh copy.`);
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    throw fail('no JSON');
  }
  const result = schema.safeParse(json);
  if (!result.success) {
    const [issue] = result.error.issues;
    throw fail(`${issue.path.join('.')}: ${issue.message}`);
  }
  const { rows, metadata, episodes } = result.data;
  const columns = result.data.columns as Column[];
  if (new Set(columns.map(({ name }) => name)).size < columns.length) throw fail('two columns of one name');
  const bytes = columns.reduce((sum, column) => sum + rowBytesOf(column), 0);
  if (!Number.isSafeInteger(bytes * Math.max(1, rows)) || bytes > MAX_ROW_BYTES) throw fail(`rows of ${bytes} bytes`);
  if (episodes !== undefined && episodes.reduce((sum, { length }) => sum + length, 0) !== rows) {
    throw fail('episodes that do not add up');
  }
  return { rows, columns, metadata: decodeMetadata(metadata, fail), episodes: episodes as EpisodeNote[] | undefined };
}

/** Metadata as plain JSON. */
function encodeMetadata(metadata: D4rlMetadata): Record<string, unknown> {
  return Object.fromEntries(Object.entries(metadata).map(([name, value]) => [name, encodeValue(value)]));
}

function encodeValue(value: MetadataValue): unknown {
  if (typeof value === 'number' && (!Number.isFinite(value) || Object.is(value, -0))) {
    return { [ARRAY_KEY]: encodeArray({ data: Float64Array.of(value), shape: [] }) };
  }
  if (typeof value !== 'object' || Array.isArray(value)) return value;
  if (isColumnValue(value)) return { [ARRAY_KEY]: encodeArray(value) };
  return encodeMetadata(value as D4rlMetadata);
}

function isColumnValue(value: MetadataValue): value is ShapedColumn {
  return typeof value === 'object' && 'data' in value && ArrayBuffer.isView(value.data);
}

function encodeArray({ data, shape }: ShapedColumn): unknown {
  const type = Object.entries(arrays).find(([, array]) => data instanceof array)?.[0];
  return { type, shape, base64: Buffer.from(data.buffer, data.byteOffset, data.byteLength).toString('base64') };
}

function decodeMetadata(json: Readonly<Record<string, unknown>>, fail: (reason: string) => Error): D4rlMetadata {
  const metadata: Record<string, MetadataValue> = Object.create(null);
  for (const [name, value] of Object.entries(json)) metadata[name] = decodeValue(value, fail);
  return metadata;
}

function decodeValue(value: unknown, fail: (reason: string) => Error): MetadataValue {
  if (typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean') return value;
  if (Array.isArray(value)) {
    if (value.every((item) => typeof item === 'string')) return value;
    throw fail('metadata of an unknown kind');
  }
  if (typeof value !== 'object' || value === null) throw fail('metadata of an unknown kind');
  if (!Object.hasOwn(value, ARRAY_KEY)) return decodeMetadata(value as Record<string, unknown>, fail);
  const { type, shape, base64 } = (value as Record<string, Record<string, unknown>>)[ARRAY_KEY] ?? {};
  const isShape = Array.isArray(shape) && shape.every((n) => Number.isSafeInteger(n) && n >= 0);
  if (typeof type !== 'string' || !Object.hasOwn(arrays, type) || !isShape || typeof base64 !== 'string') {
    throw fail('an array of an unknown kind');
  }
  const bytes = Uint8Array.from(Buffer.from(base64, 'base64'));
  const array = arrays[type as keyof typeof arrays];
  const count = shape.reduce((product: number, n: number) => product * n, 1);
  if (bytes.length !== count * array.BYTES_PER_ELEMENT) throw fail('an array of another length than its shape');
  const data = new array(bytes.buffer);
  return shape.length === 0 ? data[0] : { data, shape };
}
