import type { Tensor } from '@understudy/nn';
import type { PolicySpec } from '@understudy/training';
import { ProtocolError } from '../protocol/protocol-error.ts';
import type { CreateServedNetwork, ServedNetwork } from './served-network.ts';

interface Model {
  spec: string;
  versions: Map<number, ServedNetwork>;
  newest: number;
  usedAt: number;
  /** When each client asked last, in milliseconds. */
  askedAt: Map<string, number>;
}

/** Options of {@link ModelShelf}. */
export interface ModelShelfOptions {
  create: CreateServedNetwork;
  /** Models at a time; beyond it the one that was used least recently goes. */
  maxModels: number;
  /** Versions of each that are kept. */
  keepVersions: number;
  /** Rows computed at once. */
  maxBatch: number;
}

/** A client that asked this recently, in milliseconds, is likely to ask again soon. */
const recently = 50;

/** The models that a server has, each in its last few versions. */
export class ModelShelf {
  readonly #options: ModelShelfOptions;
  readonly #models = new Map<string, Model>();

  constructor(options: ModelShelfOptions) {
    this.#options = options;
  }

  get size(): number {
    return this.#models.size;
  }

  /**
   * Takes a version in; the same once more changes nothing, which makes publishing repeatable.
   *
   * @throws InputError or ProtocolError when the tensors don't fit the spec.
   */
  put(name: string, version: number, spec: PolicySpec, tensors: ReadonlyMap<string, Tensor>, now: number): void {
    const text = JSON.stringify(spec);
    let model = this.#models.get(name);
    // Another network under an old name: its versions have nothing in common.
    if (model && model.spec !== text) this.#remove(name, model);
    model = this.#models.get(name) ?? { spec: text, versions: new Map(), newest: -1, usedAt: now, askedAt: new Map() };
    model.usedAt = now;
    if (model.versions.has(version)) return;
    const network = this.#room(model) ?? this.#options.create(spec, this.#options.maxBatch);
    network.load(tensors);
    model.versions.set(version, network);
    model.newest = Math.max(model.newest, version);
    this.#models.set(name, model);
    if (this.#models.size > this.#options.maxModels) this.#forgetOldest(name);
  }

  /** @param version - The newest unless told. @throws ProtocolError `stale` when the server doesn't have it. */
  get(name: string, version: number | undefined, now: number): { version: number; network: ServedNetwork } {
    const model = this.#models.get(name);
    if (!model) throw new ProtocolError('stale', `The server has no model ${JSON.stringify(name)}: publish it.`);
    model.usedAt = now;
    const wanted = version ?? model.newest;
    const network = model.versions.get(wanted);
    if (network) return { version: wanted, network };
    const held = [...model.versions.keys()].join(', ');
    throw new ProtocolError('stale', `The server has versions ${held} of ${JSON.stringify(name)}, not ${wanted}.`);
  }

  /** Takes note of a client, and tells how many asked for the model of late. */
  countClients(name: string, peer: string, now: number): number {
    const asked = this.#models.get(name)?.askedAt;
    if (!asked) return 1;
    asked.set(peer, now);
    for (const [other, at] of asked) if (now - at > recently) asked.delete(other);
    return asked.size;
  }

  dispose(): void {
    for (const [name, model] of this.#models) this.#remove(name, model);
  }

  /** The network of a version that has to go, to be used for the next. */
  #room({ versions }: Model): ServedNetwork | undefined {
    if (versions.size < this.#options.keepVersions) return undefined;
    const oldest = Math.min(...versions.keys());
    const network = versions.get(oldest);
    versions.delete(oldest);
    return network;
  }

  #forgetOldest(except: string): void {
    let oldest: [name: string, model: Model] | undefined;
    for (const [name, model] of this.#models) {
      if (name !== except && (!oldest || model.usedAt < oldest[1].usedAt)) oldest = [name, model];
    }
    if (oldest) this.#remove(...oldest);
  }

  #remove(name: string, { versions }: Model): void {
    this.#models.delete(name);
    for (const network of versions.values()) network.dispose?.();
  }
}
