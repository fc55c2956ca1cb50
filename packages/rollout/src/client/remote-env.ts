import { InputError } from '@understudy/errors';
import type {
  Env,
  EnvMetadata,
  EnvState,
  RenderFrame,
  RenderOptions,
  ResetOptions,
  ResetResult,
  Space,
  StepResult,
} from '@understudy/gym';
import type { RemoteVectorOptions, ResolvedConnectOptions } from './client-options.ts';
import { RemoteVectorEnv } from './remote-vector-env.ts';

/** Options of a remote environment. */
export type RemoteEnvOptions = Pick<RemoteVectorOptions, 'options' | 'stepInfos' | 'recover'>;

/**
 * One environment that lives on a server, with the infos of its steps. Observations travel as float32 and are given in the
 * type of their space.
 */
export class RemoteEnv implements Env<unknown, unknown> {
  readonly id: string;
  readonly observationSpace: Space;
  readonly actionSpace: Space;
  readonly metadata: EnvMetadata;
  readonly #vector: RemoteVectorEnv;
  readonly #action: Float32Array;

  private constructor(vector: RemoteVectorEnv) {
    this.#vector = vector;
    this.id = vector.id;
    this.observationSpace = vector.singleObservationSpace;
    this.actionSpace = vector.singleActionSpace;
    this.#action = new Float32Array(vector.actionSize);
    const { renders, renderFps } = vector.rendering;
    this.metadata = { renderModes: renders ? ['rgb_array'] : [], ...(renderFps !== undefined && { renderFps }) };
  }

  /** @throws InputError as {@link RemoteVectorEnv.create} does. */
  static async create(
    connect: ResolvedConnectOptions,
    id: string,
    { stepInfos = true, ...options }: RemoteEnvOptions = {},
  ): Promise<RemoteEnv> {
    const made = { ...options, stepInfos, count: 1, autoresetMode: 'disabled' } as const;
    return new RemoteEnv(await RemoteVectorEnv.create(connect, id, made));
  }

  /** Itself: what it wraps is elsewhere. */
  get unwrapped(): Env<unknown, unknown> {
    return this;
  }

  reset(options: ResetOptions = {}): ResetResult<unknown> {
    this.#vector.reset(options);
    return { observation: this.#observe(), info: this.#vector.resetInfos[0] };
  }

  /** @throws InputError for actions of another size, and after an episode's end. */
  step(action: unknown): StepResult<unknown> {
    const vector = this.#vector;
    if (!this.actionSpace.contains(action)) this.#checkSize(action);
    if (this.actionSpace.kind === 'discrete') this.#action[0] = action as number;
    else this.#action.set(action as ArrayLike<number>);
    vector.step(this.#action);
    return {
      observation: this.#observe(),
      reward: vector.rewards[0],
      terminated: vector.terminated[0] === 1,
      truncated: vector.truncated[0] === 1,
      info: vector.stepInfos[0] ?? {},
    };
  }

  /** The server draws in its own size unless told; null where it draws nothing. */
  render(options: RenderOptions = {}): RenderFrame | null {
    return this.#vector.rendering.renders ? this.#vector.render(0, options) : null;
  }

  /** @throws InputError where the server can't, as one of Gymnasium's environments. */
  saveState(): EnvState {
    return this.#vector.saveState()[0];
  }

  restoreState(state: EnvState): void {
    this.#vector.restoreState([state]);
  }

  close(): void {
    this.#vector.close();
  }

  #observe(): unknown {
    return this.observationSpace.unflatten(this.#vector.observations.slice());
  }

  /** Boxes take what lies beyond their bounds, as everywhere; nothing else may be of another kind. */
  #checkSize(action: unknown): void {
    const isBox = this.actionSpace.kind === 'box' && ArrayBuffer.isView(action);
    if (isBox && (action as unknown as ArrayLike<number>).length === this.#action.length) return;
    throw new InputError(`An action of ${this.id} does not fit, expected an element of ${this.actionSpace}.`);
  }
}
