import { InputError, nearestNames } from '@understudy/errors';
import type { MujocoEngine } from './engine.ts';
import { type ContactMargin, type EngineName, engineNames } from './host.ts';
import { WasmEngine } from './wasm-engine.ts';
import type { RawModule } from './wasm-module.ts';

/** What loading a module takes: where its output goes. */
interface ModuleSettings {
  print(line: string): void;
  printErr(line: string): void;
}

const packages: Record<
  EngineName,
  { load(settings: ModuleSettings): Promise<unknown>; nativeContactMargin: ContactMargin }
> = {
  'mujoco-js': {
    load: async (settings) => (await import('mujoco-js')).default(settings),
    nativeContactMargin: 'max',
  },
  '@mujoco/mujoco': {
    load: async (settings) => (await import('@mujoco/mujoco')).default(settings),
    nativeContactMargin: 'sum',
  },
};

const engines = new Map<EngineName, Promise<MujocoEngine>>();

/**
 * Loads an engine, once a process: later calls give the same one.
 *
 * @throws InputError for an engine that doesn't exist.
 */
export function loadEngine(name: EngineName = 'mujoco-js'): Promise<MujocoEngine> {
  if (!Object.hasOwn(packages, name)) {
    const near = nearestNames(String(name), engineNames)[0];
    throw new InputError(
      `there is no engine "${name}"; ${near ? `did you mean "${near}"?` : `use one of ${engineNames.join(', ')}`}`,
    );
  }
  let engine = engines.get(name);
  if (!engine) {
    engine = load(name);
    engines.set(name, engine);
  }
  return engine;
}

async function load(name: EngineName): Promise<MujocoEngine> {
  const printed: string[] = [];
  const keep = (line: string) => {
    if (printed.length < 100) printed.push(line);
  };
  const module = (await packages[name].load({ print: keep, printErr: keep })) as RawModule;
  return new WasmEngine(name, module, packages[name].nativeContactMargin, printed);
}
