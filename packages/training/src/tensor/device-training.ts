import type { Adam, ParameterVector } from '@understudy/nn';
import { DeviceMirror, type DeviceParameters, type DeviceUpdate } from '@understudy/tensor';
import type { DeviceSide } from '../off-policy/off-policy-learner.ts';

/** Arguments of {@link DeviceTraining}: what lies on the device, each beside its copy here. */
export interface DeviceTrainingOptions<Statistics> {
  /** The policy's first. */
  parameters: readonly (readonly [DeviceParameters, ParameterVector])[];
  optimizers: readonly (readonly [Pick<DeviceUpdate<never>, 'saveOptimizer' | 'restoreOptimizer' | 'dispose'>, Adam])[];
  /** Reads the means over the updates since the last call. */
  readStatistics(): Promise<Statistics>;
  /** Of no update. */
  noStatistics: Statistics;
}

/**
 * The part of an off-policy update on a device that is the same for every algorithm: networks, optimisers and statistics
 * lie there, and come back when they are asked for.
 */
export class DeviceTraining<Statistics> implements DeviceSide {
  readonly #options: DeviceTrainingOptions<Statistics>;
  readonly #mirror: DeviceMirror;
  /** Whether the policy here is that of the last update. */
  #isPolicyCurrent = true;
  #statistics: Statistics;

  /** Copies everything to the device. */
  constructor(options: DeviceTrainingOptions<Statistics>) {
    this.#options = options;
    this.#mirror = new DeviceMirror(options);
    this.#statistics = options.noStatistics;
    this.reload();
  }

  /** To be called when an update has changed the policy. */
  policyMoved(): void {
    this.#isPolicyCurrent = false;
  }

  async readPolicy(): Promise<void> {
    if (this.#isPolicyCurrent) return;
    const [[onDevice, here]] = this.#options.parameters;
    await onDevice.read(here.parameters);
    this.#isPolicyCurrent = true;
  }

  async readAll(): Promise<void> {
    await this.#mirror.read();
    this.#isPolicyCurrent = true;
    this.#statistics = await this.#options.readStatistics();
  }

  /** Those of the last {@link readAll}, once. */
  takeStatistics(): Statistics {
    const statistics = this.#statistics;
    this.#statistics = this.#options.noStatistics;
    return statistics;
  }

  /** Copies everything to the device again. */
  reload(): void {
    this.#mirror.write();
    this.#isPolicyCurrent = true;
  }

  /** Gives all tensors back, the parameters' too. */
  dispose(): void {
    for (const [update] of this.#options.optimizers) update.dispose();
    for (const [onDevice] of this.#options.parameters) onDevice.dispose();
  }
}
