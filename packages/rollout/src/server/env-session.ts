import { InputError } from '@understudy/errors';
import { type Env, makeVector, type RenderOptions, SyncVectorEnv, type VectorEnv } from '@understudy/gym';
import { type WireArray, wireArray } from '../protocol/arrays.ts';
import type { AnyMessage, Arrays, Body, Message } from '../protocol/messages.ts';
import { ProtocolError } from '../protocol/protocol-error.ts';
import { describeSpace } from '../protocol/spaces.ts';
import type { MakeEnvironment } from './environment-source.ts';
import { InfoTap } from './info-tap.ts';
import { toPlainRecord } from './plain-data.ts';
import { StepInfos } from './step-infos.ts';
import { StepRecord } from './step-record.ts';

/** What a session can be asked for once it is made. */
export type SessionRequest = AnyMessage<'reset' | 'resetAt' | 'step' | 'save' | 'restore' | 'render'>;

/** An answer without the numbers of its request. */
export type SessionAnswer = {
  [T in 'state' | 'stepped' | 'saved' | 'frame']: { type: T; body: Body<T>; arrays: Arrays<T> };
}['state' | 'stepped' | 'saved' | 'frame'];

/** Bounds of what one session may take. */
export interface SessionBounds {
  /** Threads over which its sub-environments are stepped, the one that answers among them. */
  readonly threads: number;
  /** Bytes of one answer. */
  readonly messageBytes: number;
}

/** One client's vector environment, and how it answers. Answers are views of its buffers: encode them before the next. */
export class EnvSession {
  readonly made: Omit<Body<'made'>, 'leaseSeconds'>;
  readonly #env: VectorEnv;
  /** The sub-environments where they live in this thread. */
  readonly #envs: readonly Env<unknown, unknown>[] | undefined;
  readonly #infos: boolean;
  /** Where the client wants the infos of steps. */
  readonly #stepInfos: StepInfos | undefined;
  readonly #bytesPerStep: number;
  readonly #messageBytes: number;

  private constructor(
    env: VectorEnv,
    envs: readonly Env<unknown, unknown>[] | undefined,
    { infos, stepInfos = false }: Body<'make'>,
    messageBytes: number,
  ) {
    this.#env = env;
    this.#envs = envs;
    this.#infos = infos;
    this.#stepInfos = stepInfos && envs ? new StepInfos(envs as readonly InfoTap[]) : undefined;
    this.#messageBytes = messageBytes;
    const { observationSize, actionSize, count } = env;
    this.#bytesPerStep = count * (2 * 4 * observationSize + 4 * actionSize + 15);
    this.made = {
      observationSpace: describeSpace(env.singleObservationSpace),
      actionSpace: describeSpace(env.singleActionSpace),
      observationSize,
      actionSize,
      renders: envs !== undefined,
      ...(envs?.[0].metadata.renderFps !== undefined && { renderFps: envs[0].metadata.renderFps }),
    };
    this.#checkBytes(1);
  }

  /**
   * Makes the sub-environments.
   *
   * @throws InputError as making them does, and when their rows don't fit a message.
   */
  static async open(make: MakeEnvironment, body: Body<'make'>, bounds: SessionBounds): Promise<EnvSession> {
    const { id, count, options, autoresetMode, stepInfos } = body;
    const { threads, messageBytes } = bounds;
    // Environments in threads of their own keep their infos to themselves.
    if (threads > 1 && !stepInfos) {
      // Making one registers the environment, with the module that its threads import.
      const probe = await make(id, { ...options });
      probe.close();
      const env = await makeVector(id, { count, workers: threads - 1, callerSteps: true, autoresetMode, options });
      return new EnvSession(env, undefined, body, messageBytes);
    }
    const envs: Env<unknown, unknown>[] = [];
    try {
      for (let i = 0; i < count; i++) {
        const env = await make(id, { ...options });
        envs.push(stepInfos ? new InfoTap(env) : env);
      }
      return new EnvSession(new SyncVectorEnv(envs, { autoresetMode }), envs, body, messageBytes);
    } catch (error) {
      for (const env of envs) env.close();
      throw error;
    }
  }

  /**
   * Does what is asked for.
   *
   * @throws what the environment throws, and InputError or ProtocolError where the request doesn't fit it.
   */
  perform(message: SessionRequest): SessionAnswer {
    const env = this.#env;
    switch (message.type) {
      case 'reset': {
        env.reset(message.body);
        return this.#state();
      }
      case 'resetAt': {
        const { index, ...options } = message.body;
        env.resetAt(index, options);
        return this.#stateOf(index);
      }
      case 'step':
        return this.#step(message);
      case 'save': {
        const state = new TextEncoder().encode(JSON.stringify(env.saveState()));
        if (state.length > this.#messageBytes)
          throw tooLarge(`The saved state is ${state.length} bytes`, this.#messageBytes);
        return { type: 'saved', body: {}, arrays: { state: wireArray(state) } };
      }
      case 'restore': {
        env.restoreState(readStates(message.arrays.state.data));
        return this.#state();
      }
      case 'render':
        return this.#render(message.body);
    }
  }

  close(): void {
    this.#env.close();
  }

  #state(): SessionAnswer {
    const { observations, rewards, terminated, truncated, wasReset, count, observationSize } = this.#env;
    return {
      type: 'state',
      body: this.#infosBody(this.#env.resetInfos),
      arrays: {
        observations: wireArray(observations, [count, observationSize]),
        rewards: wireArray(rewards),
        terminated: wireArray(terminated),
        truncated: wireArray(truncated),
        wasReset: wireArray(wasReset),
      },
    };
  }

  #stateOf(index: number): SessionAnswer {
    const { observations, rewards, terminated, truncated, wasReset, observationSize } = this.#env;
    const row = observations.subarray(index * observationSize, (index + 1) * observationSize);
    return {
      type: 'state',
      body: this.#infosBody([this.#env.resetInfos[index]]),
      arrays: {
        observations: wireArray(row, [1, observationSize]),
        rewards: wireArray(rewards.subarray(index, index + 1)),
        terminated: wireArray(terminated.subarray(index, index + 1)),
        truncated: wireArray(truncated.subarray(index, index + 1)),
        wasReset: wireArray(wasReset.subarray(index, index + 1)),
      },
    };
  }

  #infosBody(infos: readonly Record<string, unknown>[]): Body<'state'> {
    return this.#infos ? { infos: infos.map(toPlainRecord) } : {};
  }

  #step({ arrays: { actions } }: Message<'step'>): SessionAnswer {
    const env = this.#env;
    const { shape, data } = actions;
    const steps = shape.length === 3 ? shape[0] : 1;
    const [rows, size] = shape.slice(-2);
    if (rows !== env.count || size !== env.actionSize) {
      const expected = `${env.count} x ${env.actionSize}`;
      throw new InputError(
        `The actions for ${env.count} ${env.id} are ${rows} x ${size} numbers, expected ${expected}.`,
      );
    }
    if (shape.length === 2) {
      this.#stepInfos?.begin(1);
      this.#takeStep(data);
      return this.#stepped(this.#stepRows(), [env.count]);
    }
    if (env.autoresetMode === 'disabled' || steps < 1) {
      throw new InputError(
        'Several steps in one request need at least one step and an autoreset mode that is not disabled.',
      );
    }
    this.#checkBytes(steps);
    const record = new StepRecord(env, steps);
    this.#stepInfos?.begin(steps);
    for (let step = 0; step < steps; step++) {
      this.#takeStep(data.subarray(step * rows * size, (step + 1) * rows * size));
      record.add();
    }
    return this.#stepped(record.arrays(), [steps, env.count]);
  }

  #takeStep(actions: Float32Array): void {
    this.#stepInfos?.beforeStep();
    this.#env.step(actions);
    this.#stepInfos?.afterStep();
  }

  /** @throws ProtocolError `limit` when the infos are too much for one answer. */
  #stepped(rows: Arrays<'stepped'>, leading: readonly number[]): SessionAnswer {
    if (!this.#stepInfos) return { type: 'stepped', body: {}, arrays: rows };
    const arrays: Arrays<'stepped'> = { ...rows, ...this.#stepInfos.arrays(leading) };
    let bytes = 0;
    for (const { data } of Object.values(arrays as Record<string, WireArray>)) bytes += data.byteLength;
    if (bytes > this.#messageBytes - 65_536)
      throw tooLarge(`A step with its infos is ${bytes} bytes`, this.#messageBytes);
    return { type: 'stepped', body: {}, arrays };
  }

  #stepRows(): Arrays<'stepped'> {
    const { observations, rewards, terminated, truncated, wasReset, count, observationSize } = this.#env;
    const arrays = {
      observations: wireArray(observations, [count, observationSize]),
      rewards: wireArray(rewards),
      terminated: wireArray(terminated),
      truncated: wireArray(truncated),
      wasReset: wireArray(wasReset),
    };
    return this.#env.autoresetMode === 'same-step' ? { ...arrays, ...finalArrays(this.#env) } : arrays;
  }

  #render({ index, ...options }: Body<'render'>): SessionAnswer {
    const env = this.#envs?.[index];
    if (!env) {
      const reason = this.#envs ? `there are ${this.#envs.length}` : 'they live in threads of their own';
      throw new InputError(`Sub-environment ${index} of ${this.#env.id} can't be rendered: ${reason}.`);
    }
    const frame = env.render(options as RenderOptions);
    if (!frame) throw new InputError(`${this.#env.id} has no picture.`);
    const { data, height, width } = frame;
    if (data.length > this.#messageBytes) throw tooLarge(`A picture is ${data.length} bytes`, this.#messageBytes);
    return { type: 'frame', body: {}, arrays: { pixels: wireArray(data, [height, width, 3]) } };
  }

  #checkBytes(steps: number): void {
    const bytes = steps * this.#bytesPerStep;
    if (bytes <= this.#messageBytes - 65_536) return;
    throw tooLarge(
      `${steps} steps of ${this.#env.count} ${this.#env.id} take up to ${bytes} bytes`,
      this.#messageBytes,
    );
  }
}

/** The last observations of the episodes that ended in this step; nothing when none did. */
function finalArrays(env: VectorEnv): { finalRows?: WireArray<'i32'>; finalObservations?: WireArray<'f32'> } {
  const { terminated, truncated, finalObservations, observationSize } = env;
  const ended: number[] = [];
  for (let i = 0; i < terminated.length; i++) if (terminated[i] || truncated[i]) ended.push(i);
  if (ended.length === 0) return {};
  const rows = new Float32Array(ended.length * observationSize);
  for (const [k, i] of ended.entries()) {
    rows.set(finalObservations.subarray(i * observationSize, (i + 1) * observationSize), k * observationSize);
  }
  return {
    finalRows: wireArray(Int32Array.from(ended)),
    finalObservations: wireArray(rows, [ended.length, observationSize]),
  };
}

function readStates(bytes: Uint8Array): Record<string, unknown>[] {
  let states: unknown;
  try {
    states = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
  } catch {
    throw new InputError('The state to restore is no JSON; give what save answered.');
  }
  const fits = Array.isArray(states) && states.every((state) => typeof state === 'object' && state !== null);
  if (!fits) throw new InputError('The state to restore is no array of states; give what save answered.');
  return states as Record<string, unknown>[];
}

function tooLarge(what: string, messageBytes: number): ProtocolError {
  return new ProtocolError('limit', `${what}, which exceeds the server's messages of ${messageBytes} bytes.`);
}
