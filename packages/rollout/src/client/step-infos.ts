import { deserialize, serialize } from 'node:v8';
import type { Info } from '@understudy/gym';
import type { WireArray } from '../protocol/arrays.ts';
import { ProtocolError } from '../protocol/protocol-error.ts';

/** What the sub-environments told at a step. */
export interface StepInfos {
  /** Of each sub-environment: of its step, or of the reset that came after or instead of it. */
  readonly infos: readonly Info[];
  /** Of steps that ended an episode in same-step mode, by sub-environment. */
  readonly finalInfos: readonly (Info | undefined)[];
}

type Groups = readonly [info: string, flag: string, has: string];
const groups: Groups = ['info/', 'flag/', 'has/'];
const finalGroups: Groups = ['finalInfo/', 'finalFlag/', 'finalHas/'];

/**
 * Reads the infos of an answer to one step.
 *
 * @param arrays - Of the answer.
 * @param count - Sub-environments.
 * @throws ProtocolError when their shapes are not those of the rows.
 */
export function readStepInfos(arrays: Readonly<Record<string, WireArray | undefined>>, count: number): StepInfos {
  const infos = readGroup(arrays, groups, count);
  const rows = arrays.finalRows?.data as Int32Array | undefined;
  const finalInfos: (Info | undefined)[] = Array.from({ length: count }, () => undefined);
  const finals = readGroup(arrays, finalGroups, rows?.length ?? 0);
  for (const [k, row] of (rows ?? []).entries()) finalInfos[row] = finals[k];
  return { infos, finalInfos };
}

function readGroup(
  arrays: Readonly<Record<string, WireArray | undefined>>,
  [info, flag, has]: Groups,
  rows: number,
): Info[] {
  const infos: Info[] = Array.from({ length: rows }, () => ({}));
  for (const name in arrays) {
    const isFlag = name.startsWith(flag);
    if (!isFlag && !name.startsWith(info)) continue;
    const path = name.slice((isFlag ? flag : info).length);
    const { shape, data } = arrays[name] as WireArray<'f64' | 'u8'>;
    const mask = arrays[`${has}${path}`];
    if (shape[0] !== rows || (mask && (mask.shape.length !== 1 || mask.shape[0] !== rows))) {
      throw new ProtocolError('malformed', `An answer of the server has ${name} of shape [${shape}] for ${rows} rows.`);
    }
    const keys = path.split('/');
    for (let i = 0; i < rows; i++) {
      if (!mask || mask.data[i] === 1) setAt(infos[i], keys, readValue(data, shape.slice(1), i, isFlag));
    }
  }
  return infos;
}

/** One info's value: a number or a flag, or arrays in arrays of them. */
function readValue(data: Float64Array | Uint8Array, shape: readonly number[], at: number, isFlag: boolean): unknown {
  if (shape.length === 0) return isFlag ? data[at] === 1 : data[at];
  const [length, ...inner] = shape;
  return Array.from({ length }, (_, i) => readValue(data, inner, at * length + i, isFlag));
}

/** Puts a value where its path leads, unless a number is in its way. */
function setAt(info: Info, [key, ...rest]: readonly string[], value: unknown): void {
  // What a server calls it must not become the object's prototype.
  if (key === '__proto__') return;
  if (rest.length === 0) {
    info[key] = value;
    return;
  }
  const inner = Object.hasOwn(info, key) ? info[key] : {};
  if (typeof inner !== 'object' || inner === null || Array.isArray(inner)) return;
  info[key] = inner;
  setAt(inner as Info, rest, value);
}

/** Bytes of {@link InfoSlot} for so many sub-environments. */
export const infoSlotBytes = (count: number): number => 65_536 + 2_048 * count;

/** Infos of a step where two threads find them: a length, and what Node's serialisation made of them. */
export class InfoSlot {
  readonly #length: DataView;
  readonly #bytes: Uint8Array;

  /** @param bytes - Of {@link infoSlotBytes}. */
  constructor(bytes: Uint8Array) {
    this.#length = new DataView(bytes.buffer, bytes.byteOffset, 4);
    this.#bytes = bytes.subarray(4);
  }

  /** @throws ProtocolError `limit` when there is no room for so much. */
  write(infos: StepInfos): void {
    const packed = serialize(infos);
    if (packed.length > this.#bytes.length) {
      const room = `${packed.length} bytes, and there is room for ${this.#bytes.length}`;
      throw new ProtocolError('limit', `The infos of a step are ${room}: make the environments without stepInfos.`);
    }
    this.#bytes.set(packed);
    this.#length.setUint32(0, packed.length);
  }

  /** Infos as they were written last. */
  read(): StepInfos {
    return deserialize(this.#bytes.slice(0, this.#length.getUint32(0)));
  }
}
