import type { AutoresetMode, Info, Space } from '@understudy/gym';
import type { WireArray } from '../protocol/arrays.ts';
import type { Body, Message } from '../protocol/messages.ts';
import { ProtocolError } from '../protocol/protocol-error.ts';
import { createSpace } from '../protocol/spaces.ts';
import { InfoSlot, infoSlotBytes, readStepInfos, type StepInfos } from './step-infos.ts';

/** What a remote vector environment is, as both ends know it. */
export interface RemoteFacts {
  readonly id: string;
  readonly count: number;
  readonly autoresetMode: AutoresetMode;
  readonly observationSize: number;
  readonly actionSize: number;
  /** Whether steps bring their infos. */
  readonly stepInfos: boolean;
}

/** A vector environment's buffers, filled from a server's answers; see `VectorEnv` for each. */
export class RemoteRows {
  readonly #facts: RemoteFacts;
  readonly actions: Float32Array;
  readonly observations: Float32Array;
  readonly finalObservations: Float32Array;
  readonly rewards: Float64Array;
  readonly terminated: Uint8Array;
  readonly truncated: Uint8Array;
  readonly wasReset: Uint8Array;
  resetInfos: Info[] = [];
  readonly #slot: InfoSlot | undefined;
  #stepInfos: StepInfos = { infos: [], finalInfos: [] };

  /** @param buffer - Of {@link RemoteRows.byteLength} bytes; threads may share it. */
  constructor(facts: RemoteFacts, buffer: ArrayBufferLike = new ArrayBuffer(RemoteRows.byteLength(facts))) {
    this.#facts = facts;
    const { count, observationSize, actionSize, stepInfos } = facts;
    let at = 0;
    const take = (bytes: number): number => {
      at += bytes;
      return at - bytes;
    };
    this.rewards = new Float64Array(buffer as ArrayBuffer, take(8 * count), count);
    const floats = (size: number) => new Float32Array(buffer as ArrayBuffer, take(4 * count * size), count * size);
    this.observations = floats(observationSize);
    this.finalObservations = floats(observationSize);
    this.actions = floats(actionSize);
    const flags = () => new Uint8Array(buffer as ArrayBuffer, take(count), count);
    this.terminated = flags();
    this.truncated = flags();
    this.wasReset = flags();
    if (!stepInfos || !(buffer instanceof SharedArrayBuffer)) return;
    const bytes = infoSlotBytes(count);
    this.#slot = new InfoSlot(new Uint8Array(buffer, take(bytes), bytes));
  }

  static byteLength({ count, observationSize, actionSize, stepInfos }: RemoteFacts): number {
    return count * (8 + 4 * (2 * observationSize + actionSize) + 3) + (stepInfos ? infoSlotBytes(count) : 0);
  }

  /** What the sub-environments told at the last step; see {@link takeStep}. */
  get stepInfos(): StepInfos {
    return this.#slot?.read() ?? this.#stepInfos;
  }

  /** Takes an answer to a step. @throws ProtocolError when its shapes are not these rows'. */
  takeStep({ arrays }: Message<'stepped'>): void {
    const { count, observationSize, stepInfos } = this.#facts;
    this.#takeRows(arrays, 0, count);
    if (stepInfos) this.#takeInfos(arrays);
    const { finalRows, finalObservations } = arrays;
    if (!finalRows || !finalObservations) return;
    expectShape('finalObservations', finalObservations.shape, [finalRows.data.length, observationSize]);
    for (const [k, row] of finalRows.data.entries()) {
      if (row < 0 || row >= count) throw wrongAnswer(`names the row ${row} of ${count}`);
      const last = finalObservations.data.subarray(k * observationSize, (k + 1) * observationSize);
      this.finalObservations.set(last, row * observationSize);
    }
  }

  #takeInfos(arrays: Message<'stepped'>['arrays']): void {
    const infos = readStepInfos(arrays as Record<string, WireArray>, this.#facts.count);
    if (this.#slot) this.#slot.write(infos);
    else this.#stepInfos = infos;
  }

  /**
   * Takes an answer to a reset.
   *
   * @param index - The sub-environment, where one alone was reset.
   */
  takeState({ arrays, body }: Message<'state'>, index?: number): void {
    const { count } = this.#facts;
    const [first, rows] = index === undefined ? [0, count] : [index, 1];
    this.#takeRows(arrays, first, rows);
    this.takeInfos(body.infos, index);
  }

  /** Keeps the infos of a reset, empty ones where they were not asked for. */
  takeInfos(infos: Body<'state'>['infos'], index?: number): void {
    const { count } = this.#facts;
    if (index !== undefined) this.resetInfos[index] = infos?.[0] ?? {};
    else this.resetInfos = Array.from({ length: count }, (_, i) => infos?.[i] ?? {});
  }

  #takeRows(arrays: Message<'state'>['arrays'], first: number, rows: number): void {
    const { observationSize } = this.#facts;
    expectShape('observations', arrays.observations.shape, [rows, observationSize]);
    for (const name of ['rewards', 'terminated', 'truncated', 'wasReset'] as const) {
      expectShape(name, arrays[name].shape, [rows]);
      this[name].set(arrays[name].data, first);
    }
    this.observations.set(arrays.observations.data, first * observationSize);
  }
}

/** The spaces of a server's environments. */
export function spacesOf(made: Body<'made'>): { singleObservationSpace: Space; singleActionSpace: Space } {
  return {
    singleObservationSpace: createSpace(made.observationSpace),
    singleActionSpace: createSpace(made.actionSpace),
  };
}

/**
 * Checks what a server says of the environments that it made, before memory is taken for their rows.
 *
 * @throws ProtocolError when sizes and spaces don't fit together, or the rows would not fit a message.
 */
export function checkMade(made: Body<'made'>, count: number, messageBytes: number): void {
  const { singleObservationSpace, singleActionSpace } = spacesOf(made);
  const { observationSize, actionSize } = made;
  const actions = singleActionSpace.kind === 'discrete' ? 1 : singleActionSpace.flatSize;
  if (singleObservationSpace.flatSize !== observationSize || actions !== actionSize) {
    throw wrongAnswer(`has observations of ${observationSize} and actions of ${actionSize} numbers in other spaces`);
  }
  const bytes = 4 * count * Math.max(observationSize, actionSize);
  if (bytes > messageBytes) throw wrongAnswer(`has rows of ${bytes} bytes, which fit no message`);
}

function expectShape(name: string, shape: readonly number[], expected: readonly number[]): void {
  if (shape.length === expected.length && shape.every((length, i) => length === expected[i])) return;
  throw wrongAnswer(`has ${name} of shape [${shape}], expected [${expected}]`);
}

function wrongAnswer(what: string): ProtocolError {
  return new ProtocolError('malformed', `An answer of the server ${what}.`);
}
