import type { DeviceParameters } from './device-parameters.ts';
import type { DeviceUpdate } from './device-update.ts';
import type { FlatAdamState } from './flat-adam.ts';

/** Parameters in this process's memory: a `ParameterVector` of `@understudy/nn`. */
export interface HostParameters {
  readonly parameters: Float32Array;
}

/** An optimiser in this process's memory: an `Adam` of `@understudy/nn`. */
export interface HostOptimizer {
  save(): FlatAdamState;
  restore(state: FlatAdamState): void;
}

/** Arguments of {@link DeviceMirror}: what lies on the device, each beside its copy here. */
export interface DeviceMirrorOptions {
  parameters: readonly (readonly [DeviceParameters, HostParameters])[];
  optimizers: readonly (readonly [Pick<DeviceUpdate<never>, 'saveOptimizer' | 'restoreOptimizer'>, HostOptimizer])[];
}

/**
 * Copies all that a learner trains from this process to the device and back: here networks act and checkpoints are made,
 * with the tensors of every other engine.
 */
export class DeviceMirror {
  readonly #options: DeviceMirrorOptions;

  constructor(options: DeviceMirrorOptions) {
    this.#options = options;
  }

  /** Copies everything to the device. */
  write(): void {
    for (const [device, { parameters }] of this.#options.parameters) device.write(parameters);
    for (const [update, optimizer] of this.#options.optimizers) update.restoreOptimizer(optimizer.save());
  }

  /** Copies everything from the device. */
  async read(): Promise<void> {
    for (const [device, { parameters }] of this.#options.parameters) await device.read(parameters);
    for (const [update, optimizer] of this.#options.optimizers) optimizer.restore(await update.saveOptimizer());
  }
}
