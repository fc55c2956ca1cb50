import { InputError } from '@understudy/errors';
import { bytesPerElement, type SafetensorsContent, type TensorType, tensorFromBytes, tensorTypes } from './tensor.ts';

/** The format's own limit, so that a false length cannot make a reader allocate without bound. */
const LARGEST_HEADER = 100_000_000;

interface Entry {
  name: string;
  dtype: TensorType;
  shape: number[];
  start: number;
  end: number;
}

/**
 * Reads the safetensors format. The whole header is checked before any tensor is made: length, types, shapes, and that
 * the tensors fill the rest of the file without gap or overlap.
 *
 * @param bytes - A whole file.
 * @param source - The file's name for errors.
 * @throws InputError when the bytes are anything else than a well-formed safetensors file.
 */
export function decodeSafetensors(bytes: Uint8Array, source: string): SafetensorsContent {
  const fail = (reason: string): never => {
    throw new InputError(`${source} is not a readable safetensors file: ${reason}; use an undamaged file.`);
  };
  if (bytes.length < 8) fail(`it has ${bytes.length} bytes, fewer than the 8 of the header's length`);
  const headerLength = Number(new DataView(bytes.buffer, bytes.byteOffset).getBigUint64(0, true));
  if (headerLength > LARGEST_HEADER) fail(`its header claims ${headerLength} bytes, more than ${LARGEST_HEADER}`);
  if (headerLength > bytes.length - 8) fail(`its header claims ${headerLength} bytes, more than the file has`);
  const header = parseHeader(bytes.subarray(8, 8 + headerLength), fail);
  const body = bytes.subarray(8 + headerLength);

  const metadata = readMetadata(header, fail);
  const entries = Object.entries(header)
    .filter(([name]) => name !== '__metadata__')
    .map(([name, value]) => readEntry(name, value, fail));
  checkOffsets(entries, body.length, fail);
  const tensors: SafetensorsContent['tensors'] = new Map();
  for (const { name, dtype, shape, start, end } of entries) {
    const tensor = tensorFromBytes(dtype, shape, body.subarray(start, end));
    if (tensor.dtype === 'BOOL' && !tensor.data.every((value) => value <= 1)) {
      fail(`its tensor ${JSON.stringify(name)} has booleans other than 0 and 1`);
    }
    tensors.set(name, tensor);
  }
  return { tensors, metadata };
}

function parseHeader(bytes: Uint8Array, fail: (reason: string) => never): object {
  if (bytes[0] !== 0x7b) fail('its header does not begin with "{"');
  let header: unknown;
  try {
    header = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
  } catch {
    fail('its header is not JSON');
  }
  return header as object;
}

/** Text by key; a Map would be awkward for callers, and a null prototype keeps keys like `__proto__` plain. */
function readMetadata(header: object, fail: (reason: string) => never): Record<string, string> {
  const metadata: Record<string, string> = Object.create(null);
  if (!Object.hasOwn(header, '__metadata__')) return metadata;
  const given = (header as { __metadata__: unknown }).__metadata__;
  if (!isObject(given)) return fail('its metadata is not an object');
  for (const [key, value] of Object.entries(given)) {
    if (typeof value !== 'string') return fail(`its metadata under ${JSON.stringify(key)} is not text`);
    metadata[key] = value;
  }
  return metadata;
}

function readEntry(name: string, value: unknown, fail: (reason: string) => never): Entry {
  const tensor = `its tensor ${JSON.stringify(name)}`;
  if (!isObject(value)) return fail(`${tensor} is not described by an object`);
  const { dtype, shape, data_offsets: offsets } = value;
  const known = tensorTypes.find((type) => type === dtype);
  if (!known) return fail(`${tensor} has the type ${JSON.stringify(dtype)}, not one of ${tensorTypes.join(', ')}`);
  if (!isListOfSizes(shape)) return fail(`${tensor} has no proper shape`);
  if (!isListOfSizes(offsets) || offsets.length !== 2) return fail(`${tensor} has no proper offsets`);
  const [start, end] = offsets;
  const size = shape.reduce((product, length) => product * length, bytesPerElement(known));
  if (size !== end - start) return fail(`${tensor} has ${end - start} bytes where its shape needs ${size}`);
  return { name, dtype: known, shape, start, end };
}

/** The tensors in order must fill the body: the format allows no holes, which also excludes hidden duplicates. */
function checkOffsets(entries: readonly Entry[], length: number, fail: (reason: string) => never): void {
  let position = 0;
  for (const { name, start, end } of [...entries].sort((a, b) => a.start - b.start || a.end - b.end)) {
    if (start !== position) fail(`its tensor ${JSON.stringify(name)} begins at ${start} instead of ${position}`);
    position = end;
  }
  if (position !== length) fail(`its tensors end at byte ${position} of ${length}`);
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isListOfSizes(value: unknown): value is number[] {
  return Array.isArray(value) && value.every((item) => Number.isSafeInteger(item) && item >= 0);
}
