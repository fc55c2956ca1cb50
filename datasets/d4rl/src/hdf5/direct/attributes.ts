import { allocateNumbers, type Hdf5Attribute } from '../dataset.ts';
import { Hdf5Failure, UnsupportedHdf5 } from '../failure.ts';
import { type ByteSource, Cursor, decodeText } from './byte-source.ts';
import { type ElementType, readDatatype } from './datatype.ts';
import { messageType, type ObjectHeader, onlyMessage } from './object-header.ts';
import { readDataspace } from './storage.ts';
import { readStringElements } from './string-elements.ts';

const MAX_ATTRIBUTES = 1000;
const MAX_ATTRIBUTE_BYTES = 2 ** 20;

/** The attributes that an object's header holds; HDF5 file format specification, section IV.A.2.m. */
export function readAttributes(source: ByteSource, header: ObjectHeader): Map<string, Hdf5Attribute> {
  const info = onlyMessage(header, messageType.attributeInfo);
  if (info) checkAttributeInfo(info);
  if (header.has(-messageType.attribute)) throw new UnsupportedHdf5('shared attributes');
  const bodies = header.get(messageType.attribute) ?? [];
  if (bodies.length > MAX_ATTRIBUTES) throw new Hdf5Failure(`${bodies.length} attributes`);
  const values = new Map<string, Hdf5Attribute>();
  for (const body of bodies) {
    const { name, value } = readAttribute(source, new Cursor(body));
    if (value !== undefined) values.set(name, value);
  }
  return values;
}

/** Attributes of objects that have many are kept in a heap, which is left to libhdf5. */
function checkAttributeInfo(info: Cursor): void {
  if (info.u8() !== 0) throw new UnsupportedHdf5('attribute information of another version');
  if (info.u8() & 1) info.skip(2);
  if (info.address() !== undefined) throw new UnsupportedHdf5('attributes in a heap');
}

function readAttribute(source: ByteSource, body: Cursor): { name: string; value: Hdf5Attribute | undefined } {
  const version = body.u8();
  if (version < 1 || version > 3) throw new UnsupportedHdf5('attributes of another version');
  if (body.u8() !== 0) throw new UnsupportedHdf5('attributes of shared types');
  const sizes = [body.u16(), body.u16(), body.u16()];
  if (version === 3) body.skip(1);
  const [nameBytes, typeBytes, spaceBytes] = sizes.map((size) =>
    body.take(version === 1 ? 8 * Math.ceil(size / 8) : size),
  );
  const end = nameBytes.indexOf(0);
  const name = decodeText(end < 0 ? nameBytes : nameBytes.subarray(0, end));
  const shape = readDataspace(new Cursor(spaceBytes));
  if (shape === undefined) return { name, value: undefined };
  const element = readDatatype(new Cursor(typeBytes));
  const count = shape.reduce((product, n) => product * n, 1);
  if (count === 0 || element.dtype === 'other') throw new UnsupportedHdf5('attributes of other types');
  if (!(count * element.bytes <= MAX_ATTRIBUTE_BYTES)) throw new Hdf5Failure(`attribute ${name} is too large`);
  return { name, value: elementValue(source, element, body.take(count * element.bytes), count, shape.length === 0) };
}

function elementValue(
  source: ByteSource,
  element: ElementType,
  bytes: Uint8Array,
  count: number,
  scalar: boolean,
): Hdf5Attribute {
  if (element.dtype === 'string') {
    const texts = readStringElements(source, element, bytes, count);
    return scalar ? texts[0] : texts;
  }
  if (element.bigEndian || (element.dtype === 'bool' && !scalar)) throw new UnsupportedHdf5('unusual attributes');
  const numbers = allocateNumbers(element.dtype, count);
  new Uint8Array(numbers.buffer).set(bytes);
  if (!scalar) return numbers;
  return element.dtype === 'bool' ? numbers[0] !== 0 : numbers[0];
}
