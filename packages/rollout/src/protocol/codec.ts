import {
  type ArrayDescriptor,
  type ArrayLayout,
  describeArrays,
  packArrays,
  readLayout,
  viewArrays,
  type WireArray,
} from './arrays.ts';
import type { ArrayRule, ArrayRules, MessageDefinition, Presence } from './definition.ts';
import { recallRead, recallWritten, rememberRead, rememberWritten } from './header-templates.ts';
import { defaultLimits, type MessageLimits, protocolVersion, supportedVersions } from './limits.ts';
import { packHeader, unpackHeader } from './message-pack.ts';
import { type AnyMessage, type Arrays, type Body, type MessageType, messageDefinitions } from './messages.ts';
import { ProtocolError, type RefusedMessage } from './protocol-error.ts';

/** Characters of a text in a body that is remembered. */
const MAX_PLAIN_TEXT = 64;

/** What a sender gives; the version is added. */
export interface OutgoingMessage<T extends MessageType> {
  type: T;
  request?: number;
  session?: string;
  body: Body<T>;
  arrays?: Arrays<T>;
}

/** What a receiver is ready for. */
export interface DecodeOptions<T extends MessageType> {
  limits?: MessageLimits;
  /** The types that may arrive here; others are refused as `unknown-type`. */
  accept?: ReadonlySet<T>;
}

/**
 * The frames of a message: its header and, where it has arrays, one frame with a copy of them all. Nothing is checked but
 * what the types check: the receiver does.
 *
 * @returns One or two frames, which may be sent several times.
 */
export function encodeMessage<T extends MessageType>(message: OutgoingMessage<T>): Uint8Array[] {
  const { type, request, session, body } = message;
  const arrays = message.arrays as Record<string, WireArray | undefined> | undefined;
  const data = arrays && hasArrays(arrays) ? packArrays(arrays) : undefined;
  const key = request === undefined ? undefined : headerKey(message, arrays);
  const recalled = key && recallWritten(key, request!);
  if (recalled) return data ? [recalled, data] : [recalled];
  const header: Record<string, unknown> = { v: protocolVersion, t: type };
  if (request !== undefined) header.q = request;
  if (session !== undefined) header.s = session;
  if (data) header.a = describeArrays(arrays!);
  header.b = body;
  const packed = packHeader(header);
  if (key) rememberWritten(key, packed);
  return data ? [packed, data] : [packed];
}

function hasArrays(arrays: Readonly<Record<string, WireArray | undefined>>): boolean {
  for (const name in arrays) if (arrays[name]) return true;
  return false;
}

/** All that a header says but for the request's number; undefined when its body is more than a few plain values. */
function headerKey(
  { type, session, body }: OutgoingMessage<MessageType>,
  arrays: Readonly<Record<string, WireArray | undefined>> | undefined,
): string | undefined {
  let key = `${type} ${session ?? ''}`;
  for (const name in body) {
    const value: unknown = body[name as keyof typeof body];
    if (!isPlain(value)) return undefined;
    // Quoted, a text can't be taken for what follows it.
    key += ` ${name}:${typeof value === 'string' ? JSON.stringify(value) : value}`;
  }
  for (const name in arrays) {
    const array = arrays[name];
    if (array) key += ` ${name} ${array.dtype} ${array.shape.join()}`;
  }
  return key;
}

/** Whether a value of a body is worth remembering: short, and nothing that could be changed. */
function isPlain(value: unknown): boolean {
  return typeof value === 'string' ? value.length <= MAX_PLAIN_TEXT : typeof value === 'number';
}

/**
 * The message of frames that came off a wire. Its arrays are views of the frame where its place in memory allows.
 *
 * @throws ProtocolError when anything about it is not as the protocol has it, with the request's number and session where
 *   these could be read: `version`, `malformed`, `unknown-type` or `limit`.
 */
export function decodeMessage<T extends MessageType = MessageType>(
  frames: readonly Uint8Array[],
  { limits = defaultLimits, accept }: DecodeOptions<T> = {},
): AnyMessage<T> {
  checkSizes(frames, limits);
  const recalled = recallRead(frames[0]);
  if (recalled && (accept as ReadonlySet<MessageType> | undefined)?.has(recalled[0].type) !== false) {
    const [{ type, session, body, layout }, request] = recalled;
    const arrays = viewFrame(layout, frames[1], { request, session });
    return { type, request, session, body: { ...body }, arrays } as unknown as AnyMessage<T>;
  }
  const header = readHeader(frames[0]);
  const refused: RefusedMessage = { request: header.q, session: header.s };
  const type = header.t as T;
  const known = Object.hasOwn(messageDefinitions, header.t) && (accept === undefined || accept.has(type));
  if (!known) {
    const named = header.t.slice(0, 40);
    throw new ProtocolError(
      'unknown-type',
      `A message of type ${JSON.stringify(named)} is not expected here.`,
      refused,
    );
  }
  const definition: MessageDefinition = messageDefinitions[type];
  checkPresence(header, 'q', definition.request, refused);
  checkPresence(header, 's', definition.session, refused);
  const parsed = definition.body.safeParse(header.b);
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    const where = issue.path.length > 0 ? `${issue.path.join('.')}: ` : '';
    throw new ProtocolError('malformed', `The body of ${type} is wrong: ${where}${issue.message}.`, refused);
  }
  const layout = readLayout(header.a);
  const arrays = viewFrame(layout, frames[1], refused);
  checkArrays(type, arrays, definition.arrays, refused);
  const body = parsed.data as object;
  if (header.q !== undefined && Object.values(body).every(isPlain)) {
    rememberRead(frames[0], { type, session: header.s, body: { ...body }, layout });
  }
  return { type, request: header.q, session: header.s, body, arrays } as unknown as AnyMessage<T>;
}

/** The arrays of a message whose header is known. */
function viewFrame(layout: ArrayLayout, frame: Uint8Array | undefined, refused: RefusedMessage) {
  try {
    return viewArrays(layout, frame);
  } catch (error) {
    if (!(error instanceof ProtocolError)) throw error;
    throw new ProtocolError(error.code, error.message, refused);
  }
}

interface Header {
  t: string;
  q?: number;
  s?: string;
  a?: ArrayDescriptor[];
  b: unknown;
}

function checkSizes(frames: readonly Uint8Array[], limits: MessageLimits): void {
  if (frames.length < 1 || frames.length > 2) {
    throw new ProtocolError('malformed', `A message has ${frames.length} frames, expected one or two.`);
  }
  const headerBytes = frames[0].byteLength;
  if (headerBytes > limits.headerBytes) {
    throw new ProtocolError('limit', `A header of ${headerBytes} bytes exceeds the limit of ${limits.headerBytes}.`);
  }
  const bytes = headerBytes + (frames[1]?.byteLength ?? 0);
  if (bytes > limits.messageBytes) {
    throw new ProtocolError('limit', `A message of ${bytes} bytes exceeds the limit of ${limits.messageBytes}.`);
  }
}

const headerKeys = new Set(['v', 't', 'q', 's', 'a', 'b']);
const sessionPattern = /^[0-9a-f]{32}$/;

function readHeader(frame: Uint8Array): Header {
  const header = unpackHeader(frame);
  if (typeof header !== 'object' || header === null || Array.isArray(header)) throw badHeader('is no map');
  const { v, t, q, s } = header as Record<string, unknown>;
  const request = Number.isSafeInteger(q) && (q as number) >= 0 ? (q as number) : undefined;
  const session = typeof s === 'string' && sessionPattern.test(s) ? s : undefined;
  const refused: RefusedMessage = { request, session };
  if (v !== protocolVersion) {
    if (!Number.isSafeInteger(v)) throw badHeader('has no version', refused);
    const ours = supportedVersions.join(', ');
    const sentence = `A message came in version ${v} of the rollout protocol; this side speaks version ${ours}.`;
    throw new ProtocolError('version', sentence, { ...refused, versions: supportedVersions });
  }
  if (typeof t !== 'string') throw badHeader('has no type', refused);
  if (q !== undefined && request === undefined) throw badHeader('has a request number that is none', refused);
  if (s !== undefined && session === undefined)
    throw badHeader('has a session that is no 32 hexadecimal digits', refused);
  for (const key in header) if (!headerKeys.has(key)) throw badHeader(`has an unknown key`, refused);
  return header as Header;
}

function badHeader(what: string, refused?: RefusedMessage): ProtocolError {
  return new ProtocolError('malformed', `A message's header ${what}.`, refused);
}

function checkPresence(header: Header, key: 'q' | 's', presence: Presence, refused: RefusedMessage): void {
  const there = header[key] !== undefined;
  if (presence === 'optional' || there === (presence === 'required')) return;
  throw new ProtocolError('malformed', `${header.t} ${there ? 'takes no' : 'needs a'} ${key} in its header.`, refused);
}

/** The rule for an array: that of its name, or of the group before its first slash. */
function ruleFor(name: string, rules: Exclude<ArrayRules, 'any'>): ArrayRule | undefined {
  if (Object.hasOwn(rules, name)) return rules[name];
  const slash = name.indexOf('/');
  const group = slash > 0 && slash < name.length - 1 ? `${name.slice(0, slash)}/*` : '';
  return Object.hasOwn(rules, group) ? rules[group] : undefined;
}

function checkArrays(
  type: string,
  arrays: Record<string, WireArray>,
  rules: ArrayRules,
  refused: RefusedMessage,
): void {
  if (rules === 'any') return;
  for (const name in arrays) {
    const { dtype, shape } = arrays[name];
    const rule = ruleFor(name, rules);
    if (rule && rule.dtype === dtype && rule.rank.includes(shape.length)) continue;
    const expected = rule ? `expected ${rule.dtype} of rank ${rule.rank.join(' or ')}` : 'it has no such array';
    throw new ProtocolError('malformed', `${type} has ${name} as ${dtype} [${shape}]; ${expected}.`, refused);
  }
  for (const name in rules) {
    if (rules[name].optional || name in arrays) continue;
    throw new ProtocolError('malformed', `${type} lacks the array ${name}.`, refused);
  }
}
