import { createHash } from 'node:crypto';
import { InputError } from '@understudy/errors';
import { applyContactMargin } from './contact-margin.ts';
import type { CompileOptions, MujocoEngine } from './engine.ts';
import { fixContacts, skipIdleStages, withContactPairs } from './fixed-contacts.ts';
import type { ContactMargin, EngineHost, EngineName, ViewHolder } from './host.ts';
import { MujocoModel } from './model.ts';
import type { RawModel, RawModule } from './wasm-module.ts';

/** A C++ exception as Emscripten throws it: an address in the heap. */
interface CppException {
  readonly excPtr: number;
}

/** The engine over either npm package; what differs between them stands in `load-engine.ts`. */
export class WasmEngine implements MujocoEngine, EngineHost {
  readonly name: EngineName;
  readonly version: string;
  readonly nativeContactMargin: ContactMargin;
  readonly module: RawModule;
  /** What MuJoCo printed since the last compile began; a malformed file is reported nowhere else by mujoco-js. */
  readonly #printed: string[];
  readonly #holders = new Set<ViewHolder>();
  readonly #models = new Map<string, MujocoModel>();
  /** One double of the heap: its view is detached (length 0) as soon as the heap has moved. */
  readonly #sentinelBuffer: { GetView(): Float64Array };
  #sentinel: Float64Array;

  constructor(name: EngineName, module: RawModule, nativeContactMargin: ContactMargin, printed: string[]) {
    this.name = name;
    this.module = module;
    this.nativeContactMargin = nativeContactMargin;
    this.version = module.mj_versionString();
    this.#printed = printed;
    this.#sentinelBuffer = new module.DoubleBuffer(1);
    this.#sentinel = this.#sentinelBuffer.GetView();
  }

  get heapBytes(): number {
    return this.#sentinelBuffer.GetView().buffer.byteLength;
  }

  compile(xml: string, options: CompileOptions = {}): MujocoModel {
    const { contactMargin = 'sum', shared = true } = options;
    if (contactMargin !== 'sum' && contactMargin !== 'max') {
      throw new InputError(`contactMargin is "${String(contactMargin)}", expected "sum" or "max"`);
    }
    if (!shared) return this.#compile(xml, contactMargin, options, () => {});
    const key = modelKey(xml, contactMargin, options);
    const known = this.#models.get(key);
    if (known) return known.retain();
    const model = this.#compile(xml, contactMargin, options, () => this.#models.delete(key));
    this.#models.set(key, model);
    return model;
  }

  adopt(holder: ViewHolder): void {
    this.#holders.add(holder);
    this.refreshMovedViews();
  }

  release(holder: ViewHolder): void {
    this.#holders.delete(holder);
  }

  refreshMovedViews(): void {
    if (this.#sentinel.length === 1) return;
    this.#sentinel = this.#sentinelBuffer.GetView();
    for (const holder of this.#holders) holder.refreshViews();
  }

  guard<T>(call: () => T): T {
    try {
      return call();
    } catch (error) {
      throw this.failure(error);
    }
  }

  failure(thrown: unknown): Error {
    return new Error(`MuJoCo ${this.version}: ${this.#describe(thrown)}`, { cause: thrown });
  }

  #compile(xml: string, rule: ContactMargin, { assets = {}, fixed }: CompileOptions, forget: () => void): MujocoModel {
    const plain = new MujocoModel(this, this.#load(xml, assets), forget);
    try {
      const withPairs = fixed ? withContactPairs(plain, xml) : undefined;
      if (withPairs === undefined) {
        applyContactMargin(plain, rule);
        if (fixed) skipIdleStages(plain);
        return plain;
      }
      const model = new MujocoModel(this, this.#load(withPairs, assets), forget);
      fixContacts(model, rule);
      skipIdleStages(model);
      plain.delete();
      return model;
    } catch (error) {
      plain.delete();
      throw error;
    }
  }

  /** Compiles through a folder of the module's own file system, the one way that both packages offer for assets. */
  #load(xml: string, assets: Readonly<Record<string, string | Uint8Array>>): RawModel {
    const { FS, MjModel } = this.module;
    const folder = '/model';
    const paths = ['model.xml', ...Object.keys(assets)].map((path) => `${folder}/${path}`);
    this.#printed.length = 0;
    FS.mkdirTree(folder);
    try {
      FS.writeFile(paths[0], xml);
      for (const [path, bytes] of Object.entries(assets)) {
        FS.mkdirTree(`${folder}/${path}`.replace(/\/[^/]*$/, ''));
        FS.writeFile(`${folder}/${path}`, bytes);
      }
      const model = MjModel.from_xml_path ? MjModel.from_xml_path(paths[0]) : MjModel.loadFromXML?.(paths[0]);
      if (!model) throw new Error(this.#printed.join('\n'));
      return model;
    } catch (error) {
      const message = this.#describe(error).replaceAll(`${folder}/`, '');
      throw new InputError(`the MJCF model is wrong: ${message}`, { cause: error });
    } finally {
      for (const path of paths) if (fileExists(FS, path)) FS.unlink(path);
      this.refreshMovedViews();
    }
  }

  /** MuJoCo's message in what a call has thrown, on one line. */
  #describe(thrown: unknown): string {
    const pointer = (thrown as CppException | null)?.excPtr;
    let text: string;
    if (typeof pointer === 'number') {
      // MuJoCo's mjXError and mjCError are structs that begin with their message; mujoco-js throws their address.
      text = this.#readString(pointer);
      // Nobody has caught it, so its count is 0: one up and one down frees it.
      this.module.incrementExceptionRefcount(pointer);
      this.module.decrementExceptionRefcount(pointer);
    } else {
      text = thrown instanceof Error ? thrown.message : String(thrown);
    }
    return text
      .replace(/^(MuJoCo Error: )?(Loading error: )?/, '')
      .trim()
      .replace(/\s*\n\s*/g, ', ');
  }

  /** The C string at an address of the heap. */
  #readString(address: number): string {
    const heap = new Uint8Array(this.#sentinelBuffer.GetView().buffer);
    const end = heap.indexOf(0, address);
    return new TextDecoder().decode(heap.slice(address, Math.min(end, address + 4096)));
  }
}

function fileExists(FS: RawModule['FS'], path: string): boolean {
  try {
    return FS.stat(path) !== null;
  } catch {
    return false;
  }
}

/** Equal keys mean equal models. */
function modelKey(xml: string, contactMargin: ContactMargin, { assets = {}, fixed = false }: CompileOptions): string {
  const hash = createHash('sha256').update(`${contactMargin} ${fixed} `).update(xml);
  for (const path of Object.keys(assets).sort()) hash.update('\0').update(path).update('\0').update(assets[path]);
  return hash.digest('base64');
}
