import type { ArrayLayout } from './arrays.ts';
import type { MessageType } from './messages.ts';

/** What a header says beside the request's number, checked. Its body is a few plain values, or none. */
export interface HeaderTemplate {
  readonly type: MessageType;
  readonly session: string | undefined;
  readonly body: object;
  readonly layout: ArrayLayout;
}

/** Headers that are remembered; when there are more, all are forgotten. */
const CAPACITY = 256;

/** Bytes of a header that is remembered. */
const MAX_BYTES = 1024;

/**
 * Headers that were read, or written, before. The steps of a session differ in nothing but the request's number, nor do the
 * questions to an inference server, and reading MessagePack, checking it and writing it takes longer than all else that is
 * done to a small message. Only what equals a header that was checked, byte for byte, passes as one.
 */
const readHeaders = new Map<string, HeaderTemplate>();
const writtenHeaders = new Map<string, readonly [before: Uint8Array, after: Uint8Array]>();

function remember<Value>(templates: Map<string, Value>, key: string, value: Value): void {
  if (templates.size >= CAPACITY) templates.clear();
  templates.set(key, value);
}

/** A header that was read before, with another request's number; undefined when it was not. */
export function recallRead(header: Uint8Array): [template: HeaderTemplate, request: number] | undefined {
  const place = findRequest(header);
  const template = place && readHeaders.get(keyOf(header, place));
  return template && [template, readRequest(header, place.start)];
}

/** Remembers a header that was read and checked, if it has a form in which the next can be recognised. */
export function rememberRead(header: Uint8Array, template: HeaderTemplate): void {
  const place = findRequest(header);
  if (place && header.length <= MAX_BYTES) remember(readHeaders, keyOf(header, place), template);
}

/** A header that was written before under this key, with another request's number. */
export function recallWritten(key: string, request: number): Uint8Array | undefined {
  const parts = writtenHeaders.get(key);
  if (!parts) return undefined;
  const [before, after] = parts;
  const size = requestSize(request);
  const header = new Uint8Array(before.length + size + after.length);
  header.set(before);
  writeRequest(header, before.length, size, request);
  header.set(after, before.length + size);
  return header;
}

/** Remembers a header that was written. */
export function rememberWritten(key: string, header: Uint8Array): void {
  const place = findRequest(header);
  if (place && header.length <= MAX_BYTES)
    remember(writtenHeaders, key, [header.slice(0, place.start), header.slice(place.end)]);
}

interface Place {
  readonly start: number;
  readonly end: number;
}

/** Where the request's number stands in a header that begins with `v`, `t` and `q`, as this package writes them. */
function findRequest(header: Uint8Array): Place | undefined {
  const isMap = header.length > 9 && header[0] >= 0x84 && header[0] <= 0x86;
  const isFirst = header[1] === 0xa1 && header[2] === 0x76 && header[3] === 1;
  const isSecond = header[4] === 0xa1 && header[5] === 0x74 && header[6] >= 0xa0 && header[6] <= 0xbf;
  if (!isMap || !isFirst || !isSecond) return undefined;
  const third = 7 + (header[6] & 0x1f);
  if (header[third] !== 0xa1 || header[third + 1] !== 0x71) return undefined;
  const start = third + 2;
  const type = header[start];
  const size = type <= 0x7f ? 1 : type >= 0xcc && type <= 0xcf ? 1 + (1 << (type - 0xcc)) : 0;
  // A 64-bit number may be too large: that is looked at with the whole header.
  return size === 0 || size === 9 || start + size > header.length ? undefined : { start, end: start + size };
}

function keyOf(header: Uint8Array, { start, end }: Place): string {
  const bytes = Buffer.from(header.buffer, header.byteOffset, header.byteLength);
  return bytes.toString('latin1', 0, start) + bytes.toString('latin1', end);
}

function readRequest(header: Uint8Array, start: number): number {
  const type = header[start];
  if (type <= 0x7f) return type;
  let value = 0;
  for (let i = 1; i <= 1 << (type - 0xcc); i++) value = value * 256 + header[start + i];
  return value;
}

function requestSize(request: number): number {
  if (request <= 0x7f) return 1;
  if (request <= 0xff) return 2;
  if (request <= 0xffff) return 3;
  return request <= 0xffff_ffff ? 5 : 9;
}

function writeRequest(header: Uint8Array, at: number, size: number, request: number): void {
  if (size === 1) {
    header[at] = request;
    return;
  }
  header[at] = 0xcc + Math.log2(size - 1);
  let left = request;
  for (let i = at + size - 1; i > at; i--) {
    header[i] = left % 256;
    left = Math.floor(left / 256);
  }
}
