import { InputError } from '@understudy/errors';
import type { Space } from '@understudy/gym';
import type { Generator } from '@understudy/random';
import { actionBounds, actionSizeOf, choiceCount } from './flat-env.ts';
import type { Policy } from './policy.ts';

/** What {@link createRandomPolicy} needs of an environment. */
export interface RandomPolicyOptions {
  environment: string;
  observationSpace: Space;
  actionSpace: Space;
}

/**
 * A policy that ignores what it sees and acts uniformly at random: the zero of normalised scores.
 *
 * @throws InputError when the action space is not bounded.
 */
export function createRandomPolicy({ environment, observationSpace, actionSpace }: RandomPolicyOptions): Policy {
  const actionSize = actionSizeOf(actionSpace);
  const draw = createDraw(actionSpace);
  const action = new Float32Array(actionSize);
  const generatorOf = (generator: Generator | undefined) => {
    if (generator) return generator;
    throw new InputError('A random policy needs a generator to act; give one.');
  };
  return {
    metadata: { algorithm: 'random', environment, observationSize: observationSpace.flatSize, actionSize },
    act(_observation, options = {}) {
      draw(generatorOf(options.generator), action, 0);
      return action;
    },
    actBatch(_observations, count, actions, options = {}) {
      const generator = generatorOf(options.generator);
      for (let i = 0; i < count; i++) draw(generator, actions, i * actionSize);
    },
  };
}

function createDraw(space: Space): (generator: Generator, out: Float32Array, offset: number) => void {
  if (space.kind === 'discrete') {
    const choices = choiceCount(space);
    return (generator, out, offset) => {
      out[offset] = generator.integers(choices);
    };
  }
  const { low, high } = actionBounds(space);
  if (!low.every(Number.isFinite) || !high.every(Number.isFinite)) {
    throw new InputError(`Actions of ${space} can't be drawn uniformly, as it has no bounds; choose a bounded space.`);
  }
  return (generator, out, offset) => {
    for (let i = 0; i < low.length; i++) out[offset + i] = generator.uniform(low[i], high[i]);
  };
}
