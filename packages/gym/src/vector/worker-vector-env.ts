import { InputError } from '@understudy/errors';
import type { EnvState, Info, ResetOptions } from '../env.ts';
import { type MakeOptions, make, spec } from '../registry.ts';
import type { AutoresetMode } from '../vector-env.ts';
import { BaseVectorEnv, type VectorParts } from './base-vector-env.ts';
import { rowsByteLength, viewRows } from './buffers.ts';
import { CallingThread, type RowStepper } from './calling-thread.ts';
import { actionSizeOf } from './env-rows.ts';
import { EnvWorker } from './env-worker.ts';
import { openRows } from './open-rows.ts';
import { workerModuleUrl } from './worker-module.ts';
import { LONG_SPIN_TURNS, type WorkerRequest, type WorkerSetup } from './worker-protocol.ts';

/** Arguments of {@link WorkerVectorEnv.create}. */
export interface WorkerVectorOptions {
  /** How many sub-environments. */
  count: number;
  /** Over how many worker threads; at most one a sub-environment is started. */
  workers: number;
  /** Whether the calling thread steps a share as large as a worker's, instead of only waiting for them; false unless told. */
  callerSteps?: boolean;
  /** `next-step` unless told. */
  autoresetMode?: AutoresetMode;
  /** Passed to every `make`; plain data, as it travels between threads. */
  options?: MakeOptions;
  /** Modules that register the environment, file URLs or packages; the registered module unless told. */
  modules?: readonly string[];
}

/** A thread and its part of the rows. */
interface Share {
  readonly thread: RowStepper;
  readonly firstRow: number;
  readonly rowCount: number;
}

/** What all threads are started with. */
type Setup = Omit<WorkerSetup, 'firstRow' | 'rowCount' | 'control' | 'port'>;

/**
 * Steps copies of an environment in worker threads over shared memory, each thread a run of rows. Gives what
 * `SyncVectorEnv` gives, bit by bit.
 */
export class WorkerVectorEnv extends BaseVectorEnv {
  readonly #shares: readonly Share[];

  private constructor(parts: VectorParts, shares: readonly Share[]) {
    super(parts);
    this.#shares = shares;
  }

  /**
   * Starts the workers.
   *
   * @throws InputError as `make` does, and when the workers can't know which module registers the environment.
   */
  static async create(id: string, vectorOptions: WorkerVectorOptions): Promise<WorkerVectorEnv> {
    const { count, workers, callerSteps = false, autoresetMode = 'next-step', options = {} } = vectorOptions;
    const modules = (vectorOptions.modules ?? ownModule(id)).map(workerModuleUrl);
    const { observationSpace, actionSpace } = await describe(id, options);
    const sizes = { observationSize: observationSpace.flatSize, actionSize: actionSizeOf(actionSpace) };
    const buffer = new SharedArrayBuffer(rowsByteLength(count, sizes));
    const setup = { id, options, modules, autoresetMode, buffer, count, sizes };
    const shares = await startShares(setup, workers, callerSteps ? 1 : 0);
    const rows = viewRows(buffer, count, sizes);
    const parts = { id, count, autoresetMode, actionSize: sizes.actionSize, rows };
    return new WorkerVectorEnv(
      { ...parts, singleObservationSpace: observationSpace, singleActionSpace: actionSpace },
      shares,
    );
  }

  protected override resetAll(options: ResetOptions): Info[] {
    return this.#requestAll(() => ({ kind: 'reset', options })).flat() as Info[];
  }

  protected override resetOne(index: number, options: ResetOptions): Info {
    const share = this.#shares.find(({ firstRow, rowCount }) => index < firstRow + rowCount)!;
    share.thread.beginRequest({ kind: 'resetAt', row: index - share.firstRow, options });
    return share.thread.finishRequest() as Info;
  }

  protected override stepAll(): void {
    const shares = this.#shares;
    for (let i = 0; i < shares.length; i++) shares[i].thread.beginStep();
    let failure: { error: unknown } | undefined;
    for (let i = 0; i < shares.length; i++) {
      try {
        shares[i].thread.finishStep();
      } catch (error) {
        failure ??= { error };
      }
    }
    if (failure) throw failure.error;
  }

  protected override saveAll(): EnvState[] {
    return this.#requestAll(() => ({ kind: 'saveState' })).flat() as EnvState[];
  }

  protected override restoreAll(states: readonly EnvState[]): void {
    this.#requestAll(({ firstRow, rowCount }) => ({
      kind: 'restoreState',
      states: states.slice(firstRow, firstRow + rowCount),
    }));
  }

  protected override closeAll(): void {
    try {
      const alive = this.#shares.filter(({ thread }) => thread.alive);
      this.#requestAll(() => ({ kind: 'close' }), alive);
    } finally {
      for (const { thread } of this.#shares) thread.terminate();
    }
  }

  /** Asks all threads at once and waits for every answer, also when one of them fails. */
  #requestAll(request: (share: Share) => WorkerRequest, shares = this.#shares): unknown[] {
    for (const share of shares) share.thread.beginRequest(request(share));
    const errors: unknown[] = [];
    const values = shares.map(({ thread }) => {
      try {
        return thread.finishRequest();
      } catch (error) {
        errors.push(error);
        return undefined;
      }
    });
    if (errors.length > 0) throw errors[0];
    return values;
  }
}

/**
 * Starts the threads; the caller's own share is the first, so that the workers are at work when it turns to that.
 *
 * @param own - Shares of the calling thread: 0 or 1.
 */
async function startShares(setup: Setup, workers: number, own: number): Promise<Share[]> {
  const { id, count } = setup;
  const runs = splitRows(count, Math.min(workers + own, count));
  const started = await Promise.allSettled(
    runs.map(async (run, i): Promise<Share> => {
      if (i < own) return { thread: new CallingThread(await openRows({ ...setup, ...run })), ...run };
      const name = `Worker ${i - own} of the vector environment of ${count} ${id}`;
      return {
        thread: await EnvWorker.start(name, { ...setup, ...run }, own > 0 ? LONG_SPIN_TURNS : undefined),
        ...run,
      };
    }),
  );
  const shares = started.flatMap((result) => (result.status === 'fulfilled' ? [result.value] : []));
  const failed = started.find((result) => result.status === 'rejected');
  if (!failed) return shares;
  for (const { thread } of shares) thread.terminate();
  throw failed.reason;
}

/** The spaces of an environment, from one that is made and closed again. */
async function describe(id: string, options: MakeOptions) {
  const env = await make<unknown, unknown>(id, options);
  env.close();
  return env;
}

function ownModule(id: string): string[] {
  const { module } = spec(id);
  if (module !== undefined) return [module];
  throw new InputError(`${id} was registered without its module; give modules, what a worker thread has to import.`);
}

/** Contiguous runs of rows, whose lengths differ by at most one. */
function splitRows(count: number, parts: number): { firstRow: number; rowCount: number }[] {
  return Array.from({ length: parts }, (_, i) => {
    const firstRow = Math.floor((i * count) / parts);
    return { firstRow, rowCount: Math.floor(((i + 1) * count) / parts) - firstRow };
  });
}
