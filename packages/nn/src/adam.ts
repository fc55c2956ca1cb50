import { InputError } from '@understudy/errors';
import { type AdamStep, adam } from '@understudy/kernels';
import type { ParameterVector } from './parameter-vector.ts';
import { type Tensor, tensorOf } from './safetensors/tensor.ts';

export interface AdamOptions {
  /** May also be given to each {@link Adam.step}. 1e-3 by default. */
  learningRate?: number;
  /** Decay of the running mean of gradients; .9 by default. */
  beta1?: number;
  /** Decay of the running mean of squared gradients; .999 by default. */
  beta2?: number;
  /** Added to the root of the second moment; 1e-8 by default. */
  epsilon?: number;
  /** Decoupled: parameters shrink by learningRate * weightDecay a step, which makes this AdamW. 0 by default. */
  weightDecay?: number;
  /** The norm over all gradients beyond which they are scaled down to it. No bound by default. */
  maxGradientNorm?: number;
}

/** All that an {@link Adam} has learnt, for checkpoints. */
export interface AdamState {
  firstMoment: Float32Array;
  secondMoment: Float32Array;
  /** Steps taken. */
  steps: number;
}

/**
 * Adam (Kingma and Ba 2015, arXiv 1412.6980, algorithm 1) over a whole parameter vector, as PyTorch computes it. One
 * step is one call into the kernels.
 */
export class Adam {
  /** Used by the next steps. */
  learningRate: number;
  readonly #vector: ParameterVector;
  /** Kept from step to step, so that a step allocates nothing. */
  readonly #request: AdamStep;

  constructor(vector: ParameterVector, options: AdamOptions = {}) {
    const { learningRate = 1e-3, maxGradientNorm = Infinity, ...constants } = options;
    this.learningRate = learningRate;
    this.#vector = vector;
    this.#request = {
      ...constants,
      parameters: vector.parameters,
      gradients: vector.gradients,
      firstMoment: vector.memory.float32(vector.size),
      secondMoment: vector.memory.float32(vector.size),
      step: 0,
      learningRate,
      maxGradientNorm,
    };
  }

  /** Steps taken so far. */
  get steps(): number {
    return this.#request.step;
  }

  /**
   * Changes the parameters by their present gradients, which it leaves as they are.
   *
   * @returns The norm of all gradients before clipping.
   */
  step(learningRate = this.learningRate): number {
    this.learningRate = learningRate;
    this.#request.learningRate = learningRate;
    this.#request.step += 1;
    return adam(this.#vector.memory, this.#request);
  }

  /** A copy of the state; {@link restore} brings it back exactly. The learning rate is the schedule's, so not in it. */
  save(): AdamState {
    const { firstMoment, secondMoment, step } = this.#request;
    return { firstMoment: Float32Array.from(firstMoment), secondMoment: Float32Array.from(secondMoment), steps: step };
  }

  /** @throws InputError when the state is that of another number of parameters. */
  restore({ firstMoment, secondMoment, steps }: AdamState): void {
    const { size } = this.#vector;
    if (firstMoment.length !== size || secondMoment.length !== size || !(Number.isSafeInteger(steps) && steps >= 0)) {
      throw new InputError(
        `The saved optimiser state is of ${firstMoment.length} parameters where ${size} are expected; use a checkpoint of the same networks.`,
      );
    }
    this.#request.firstMoment.set(firstMoment);
    this.#request.secondMoment.set(secondMoment);
    this.#request.step = steps;
  }

  /** The state as tensors `<name>.firstMoment`, `<name>.secondMoment` and `<name>.steps`, as views. */
  tensors(name = 'adam'): [name: string, tensor: Tensor][] {
    const { firstMoment, secondMoment, step } = this.#request;
    return [
      [`${name}.firstMoment`, tensorOf(firstMoment)],
      [`${name}.secondMoment`, tensorOf(secondMoment)],
      [`${name}.steps`, tensorOf(BigInt64Array.of(BigInt(step)), [])],
    ];
  }

  /**
   * Restores what {@link tensors} gave.
   *
   * @param source - Where the tensors come from, for errors.
   * @throws InputError when one is missing or of another size or type; nothing is changed then.
   */
  load(tensors: ReadonlyMap<string, Tensor>, name = 'adam', source = 'the checkpoint'): void {
    const [firstMoment, secondMoment, steps] = ['firstMoment', 'secondMoment', 'steps'].map((part) => {
      return tensors.get(`${name}.${part}`);
    });
    if (firstMoment?.dtype !== 'F32' || secondMoment?.dtype !== 'F32' || steps?.dtype !== 'I64' || !steps.data.length) {
      throw new InputError(`${source} holds no optimiser state under ${name}.*; use a file that a training saved.`);
    }
    this.restore({ firstMoment: firstMoment.data, secondMoment: secondMoment.data, steps: Number(steps.data[0]) });
  }
}

/** {@link Adam} with decoupled weight decay (Loshchilov and Hutter 2019, arXiv 1711.05101), .01 by default. */
export class AdamW extends Adam {
  constructor(vector: ParameterVector, options: AdamOptions = {}) {
    super(vector, { weightDecay: 0.01, ...options });
  }
}
