import { Box } from '@understudy/gym';
import { BaseMujocoEnv, type MujocoEnvSetup } from './base-mujoco-env.ts';

/** A task on a MuJoCo model with a flat observation: Gymnasium's `MujocoEnv`. */
export abstract class MujocoEnv extends BaseMujocoEnv<Float64Array> {
  declare readonly observationSpace: Box<Float64Array>;

  /** @param observationSize - Numbers in one observation. */
  constructor(id: string, setup: MujocoEnvSetup, observationSize: number) {
    super(id, setup, unboundedBox(observationSize));
  }

  protected override readObservation(flat: Float64Array): Float64Array {
    return flat;
  }
}

/** All vectors of `size` numbers in double precision. */
export function unboundedBox(size: number): Box<Float64Array> {
  return new Box({ low: Number.NEGATIVE_INFINITY, high: Number.POSITIVE_INFINITY, shape: [size], dtype: 'float64' });
}
