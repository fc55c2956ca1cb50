import type { Env } from '../env.ts';
import type { Space } from '../space.ts';
import { ObservationWrapper } from './wrapper.ts';

/** Applies a function to every observation. */
export class TransformObservation<Observation, Action, InnerObservation> extends ObservationWrapper<
  Observation,
  Action,
  InnerObservation
> {
  readonly #transform: (observation: InnerObservation) => Observation;

  /**
   * @param transform - Makes the observation that the caller gets; must not keep state.
   * @param observationSpace - The space of what it makes.
   */
  constructor(
    env: Env<InnerObservation, Action>,
    transform: (observation: InnerObservation) => Observation,
    observationSpace: Space<Observation>,
  ) {
    super(env, { observationSpace });
    this.#transform = transform;
  }

  protected override outerObservation(observation: InnerObservation): Observation {
    return this.#transform(observation);
  }
}
