import { InputError, nearestNames } from '@understudy/errors';
import { type TensorBackendChoice, type TensorBackendName, tensorBackendChoices } from './backend-names.ts';
import type { BackendDriver, Finding } from './drivers/driver.ts';
import { drivers } from './drivers/drivers.ts';
import { registerGradients } from './gradients.ts';

/** The backend that this process computes on. */
export interface TensorBackend {
  readonly name: TensorBackendName;
  /** What it computes on: a version, the GPU's name. */
  readonly detail: string;
  /** Whether tensors can be read without waiting, by `dataSync`; not so on WebGPU, where `await tensor.data()` reads. */
  readonly synchronous: boolean;
}

/** Options of {@link loadTensorBackend}. */
export interface LoadTensorBackendOptions {
  /** `auto` by default: the first of cuda, tensorflow, webgpu on a real GPU, wasm and cpu that works here. */
  backend?: TensorBackendChoice;
}

let current: Promise<TensorBackend> | undefined;

/**
 * Loads a tensor backend, repairs it and makes it tfjs's current one, once a process: later calls give the same one.
 *
 * @throws InputError when the backend doesn't exist or can't be used here, telling how to install it, and when the
 *   process computes on another one already.
 */
export async function loadTensorBackend(options: LoadTensorBackendOptions = {}): Promise<TensorBackend> {
  const { backend = 'auto' } = options;
  checkChoice(backend);
  if (!current) {
    const loading = choose(backend);
    current = loading;
    // A failure is no backend: the next call may ask for another.
    loading.catch(() => {
      if (current === loading) current = undefined;
    });
  }
  const loaded = await current;
  if (backend === 'auto' || backend === loaded.name) return loaded;
  throw new InputError(
    `This process computes on the ${loaded.name} backend already; use ${backend} in another process, or ${loaded.name} here.`,
  );
}

function checkChoice(backend: string): void {
  if ((tensorBackendChoices as readonly string[]).includes(backend)) return;
  const [near] = nearestNames(backend, tensorBackendChoices);
  const hint = near ? `did you mean ${near}?` : `use one of ${tensorBackendChoices.join(', ')}.`;
  throw new InputError(`There is no tensor backend "${backend}"; ${hint}`);
}

async function choose(backend: TensorBackendChoice): Promise<TensorBackend> {
  if (backend === 'auto') {
    for (const driver of drivers) {
      const finding = await driver.find();
      if (finding.available && !finding.software) return activate(driver, finding);
    }
    throw new Error('Not even the cpu backend was found.');
  }
  const driver = drivers.find(({ name }) => name === backend) as BackendDriver;
  const finding = await driver.find();
  if (finding.available) return activate(driver, finding);
  throw new InputError(`The ${backend} backend can't be used: ${finding.reason}; to use it, ${driver.remedy}.`);
}

async function activate(driver: BackendDriver, finding: Finding & { available: true }): Promise<TensorBackend> {
  await finding.activate();
  registerGradients();
  const { name, synchronous } = driver;
  return { name, synchronous, detail: finding.detail };
}
