import { InputError } from '@understudy/errors';
import { bytesPerElement, type Tensor, tensorTypes } from './tensor.ts';

/**
 * Tensors in the safetensors format, https://github.com/huggingface/safetensors. The same content gives the same
 * bytes, in whatever order it is given, and the format's own Rust writer gives them too: tensors are ordered by element
 * type, widest first, then by name; metadata by key.
 *
 * @throws InputError when a shape does not fit its data, a name cannot be stored or a boolean is neither 0 nor 1.
 */
export function encodeSafetensors(
  tensors: Iterable<readonly [name: string, tensor: Tensor]>,
  metadata: Readonly<Record<string, string>> = {},
): Uint8Array {
  const sorted = [...tensors].sort(([nameA, a], [nameB, b]) => {
    return tensorTypes.indexOf(a.dtype) - tensorTypes.indexOf(b.dtype) || compareText(nameA, nameB);
  });
  checkNames(sorted, metadata);
  const header = encodeHeader(sorted, metadata);
  const size = sorted.reduce((sum, [, tensor]) => sum + tensor.data.byteLength, 0);
  const bytes = new Uint8Array(8 + header.length + size);
  new DataView(bytes.buffer).setBigUint64(0, BigInt(header.length), true);
  bytes.set(header, 8);
  let offset = 8 + header.length;
  for (const [, { data }] of sorted) {
    bytes.set(new Uint8Array(data.buffer, data.byteOffset, data.byteLength), offset);
    offset += data.byteLength;
  }
  return bytes;
}

/** Names and metadata, checked before anything is laid out. */
function checkNames(sorted: readonly (readonly [string, Tensor])[], metadata: Readonly<Record<string, string>>): void {
  const seen = new Set<string>();
  for (const [name, tensor] of sorted) {
    if (name === '__metadata__' || !isStorable(name)) {
      throw new InputError(`A tensor cannot be named ${JSON.stringify(name)} in a safetensors file; use another name.`);
    }
    if (seen.has(name)) throw new InputError(`Two tensors are named ${JSON.stringify(name)}; give each its own name.`);
    seen.add(name);
    checkTensor(name, tensor);
  }
  for (const [key, value] of Object.entries(metadata)) {
    if (typeof value !== 'string' || !isStorable(key) || !isStorable(value)) {
      throw new InputError(`The metadata under ${JSON.stringify(key)} is not plain text; give a string.`);
    }
  }
}

function checkTensor(name: string, { dtype, shape, data }: Tensor): void {
  const count = shape.reduce((product, length) => product * length, 1);
  if (!shape.every((length) => Number.isSafeInteger(length) && length >= 0) || count !== data.length) {
    throw new InputError(
      `The tensor ${JSON.stringify(name)} has ${data.length} elements, which its shape [${shape.join(', ')}] does not hold; correct the shape.`,
    );
  }
  if (bytesPerElement(dtype) !== data.BYTES_PER_ELEMENT) {
    throw new InputError(
      `The tensor ${JSON.stringify(name)} is marked ${dtype}, which its data is not; correct the type.`,
    );
  }
  if (dtype === 'BOOL' && !data.every((value) => value <= 1)) {
    throw new InputError(`The tensor ${JSON.stringify(name)} of type BOOL has elements other than 0 and 1; use U8.`);
  }
}

/** The header is built by hand because a JavaScript object would put names like "10" first. */
function encodeHeader(
  sorted: readonly (readonly [string, Tensor])[],
  metadata: Readonly<Record<string, string>>,
): Uint8Array {
  const entries: string[] = [];
  const keys = Object.keys(metadata).sort(compareText);
  if (keys.length > 0) {
    const pairs = keys.map((key) => `${JSON.stringify(key)}:${JSON.stringify(metadata[key])}`);
    entries.push(`"__metadata__":{${pairs.join(',')}}`);
  }
  let offset = 0;
  for (const [name, { dtype, shape, data }] of sorted) {
    const end = offset + data.byteLength;
    entries.push(
      `${JSON.stringify(name)}:{"dtype":"${dtype}","shape":[${shape.join(',')}],"data_offsets":[${offset},${end}]}`,
    );
    offset = end;
  }
  const text = new TextEncoder().encode(`{${entries.join(',')}}`);
  const padded = new Uint8Array(Math.ceil(text.length / 8) * 8).fill(0x20);
  padded.set(text);
  return padded;
}

/** By code points, as UTF-8 bytes compare; JavaScript's own order of strings differs beyond the basic plane. */
function compareText(a: string, b: string): number {
  return Buffer.compare(Buffer.from(a), Buffer.from(b));
}

/** Half a surrogate pair has no UTF-8 form. */
function isStorable(text: string): boolean {
  return !/\p{Surrogate}/u.test(text);
}
