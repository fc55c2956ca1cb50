import {
  attributeMessage,
  dataspaceMessage,
  datatypeMessage,
  type HeaderMessage,
  type StoredType,
  variableStringTypeMessage,
} from './messages.ts';

/**
 * What an attribute can hold. Whole numbers are stored as int64, as h5py stores Python's, others as float64;
 * `{ float: 3 }` is float64 in any case.
 */
export type AttributeValue =
  | { readonly float: number }
  | string
  | number
  | bigint
  | boolean
  | readonly string[]
  | Float64Array
  | BigInt64Array;

/** Attributes by name. */
export type Attributes = Readonly<Record<string, AttributeValue>>;

/** @param putStrings - Stores texts and gives the descriptors that stand for them. */
export function encodeAttribute(
  name: string,
  value: AttributeValue,
  putStrings: (texts: readonly string[]) => Uint8Array,
): HeaderMessage {
  const number = (type: StoredType, shape: readonly number[], data: ArrayBufferView) =>
    attributeMessage(
      name,
      dataspaceMessage(shape),
      datatypeMessage(type),
      new Uint8Array(data.buffer, data.byteOffset, data.byteLength),
    );
  if (typeof value === 'boolean') return number('bool', [], Uint8Array.of(value ? 1 : 0));
  if (typeof value === 'bigint') return number('int64', [], BigInt64Array.of(value));
  if (typeof value === 'number') {
    const whole = Number.isSafeInteger(value) && !Object.is(value, -0);
    return whole ? number('int64', [], BigInt64Array.of(BigInt(value))) : number('float64', [], Float64Array.of(value));
  }
  if (value instanceof Float64Array) return number('float64', [value.length], value);
  if (value instanceof BigInt64Array) return number('int64', [value.length], value);
  if (typeof value === 'object' && 'float' in value) return number('float64', [], Float64Array.of(value.float));
  const texts = typeof value === 'string' ? [value] : value;
  const shape = typeof value === 'string' ? [] : [texts.length];
  return attributeMessage(name, dataspaceMessage(shape), variableStringTypeMessage(), putStrings(texts));
}
