import { InputError } from '@understudy/errors';
import type { KernelMemory } from '@understudy/kernels';
import type { ParameterSlot } from './network.ts';
import { type Tensor, tensorOf } from './safetensors/tensor.ts';

/** A tensor to make room for. */
export interface TensorShape {
  name: string;
  shape: readonly number[];
}

/** The tensors of a multilayer perceptron: `<name>.0.weight` `[in, out]`, `<name>.0.bias` `[out]`, and so on. */
export function mlpTensors(sizes: readonly number[], name = 'network'): TensorShape[] {
  return sizes.slice(1).flatMap((fanOut, layer) => [
    { name: `${name}.${layer}.weight`, shape: [sizes[layer], fanOut] },
    { name: `${name}.${layer}.bias`, shape: [fanOut] },
  ]);
}

/** Places tensors one after another. */
export function layoutTensors(tensors: readonly TensorShape[]): ParameterSlot[] {
  let offset = 0;
  return tensors.map(({ name, shape }) => {
    const slot = { name, shape, offset };
    offset += sizeOf(shape);
    return slot;
  });
}

/** Elements of all the tensors together. */
export function tensorsSize(tensors: readonly TensorShape[]): number {
  return tensors.reduce((sum, { shape }) => sum + sizeOf(shape), 0);
}

/** A part of a {@link ParameterVector}: its arrays are views, its offsets count from its own beginning. */
export interface ParameterSection {
  parameters: Float32Array;
  gradients: Float32Array;
  layout: ParameterSlot[];
}

/**
 * Makes one flat vector of several networks' parameters and other trained tensors, so that one optimiser step, one
 * norm and one checkpoint cover them all.
 *
 * @param memory - The kernels' memory that holds it.
 * @param tensors - Placed in this order; a network's must follow one another, as {@link mlpTensors} lists them.
 */
export function allocateParameters(memory: KernelMemory, tensors: readonly TensorShape[]): ParameterVector {
  return new ParameterVector(memory, tensors);
}

/** Named tensors in one flat vector, with their gradients in another of the same layout; both start as zeros. */
export class ParameterVector {
  readonly memory: KernelMemory;
  /** `[size]` */
  readonly parameters: Float32Array;
  /** `[size]`, to which backward passes add. */
  readonly gradients: Float32Array;
  readonly layout: readonly ParameterSlot[];

  constructor(memory: KernelMemory, tensors: readonly TensorShape[]) {
    const names = new Set(tensors.map(({ name }) => name));
    if (names.size !== tensors.length) throw new Error('Two tensors of one parameter vector have the same name.');
    this.memory = memory;
    this.layout = layoutTensors(tensors);
    this.parameters = memory.float32(tensorsSize(tensors));
    this.gradients = memory.float32(tensorsSize(tensors));
  }

  /** Elements. */
  get size(): number {
    return this.parameters.length;
  }

  /** The tensor called `name`, as a view: writing to it changes the vector. */
  tensor(name: string): Float32Array {
    return this.#viewOf(this.parameters, name);
  }

  /** The gradient of the tensor called `name`, as a view. */
  gradient(name: string): Float32Array {
    return this.#viewOf(this.gradients, name);
  }

  /** The tensors whose names begin with `<name>.`, which must lie next to one another: one network's. */
  section(name: string): ParameterSection {
    const slots = this.layout.filter((slot) => slot.name.startsWith(`${name}.`));
    if (slots.length === 0) throw new Error(`The parameter vector has no tensors named ${name}.*.`);
    const start = slots[0].offset;
    const layout = layoutTensors(slots);
    const end = start + tensorsSize(slots);
    if (!layout.every(({ offset }, i) => slots[i].offset === start + offset)) {
      throw new Error(`The tensors named ${name}.* do not lie next to one another.`);
    }
    return { parameters: this.parameters.subarray(start, end), gradients: this.gradients.subarray(start, end), layout };
  }

  zeroGradients(): void {
    this.gradients.fill(0);
  }

  /** Every tensor under its name, as views: what `writeSafetensors` takes. */
  tensors(): [name: string, tensor: Tensor][] {
    return this.layout.map(({ name, shape }) => [name, tensorOf(this.tensor(name), shape)]);
  }

  /**
   * Copies every tensor of this vector from `tensors`, which may hold others too. Nothing changes unless all fit.
   *
   * @param source - Where they come from, for errors.
   * @throws InputError when one is missing or of another type or shape.
   */
  load(tensors: ReadonlyMap<string, Tensor>, source = 'the checkpoint'): void {
    const loaded = this.layout.map(({ name, shape }) => {
      const tensor = tensors.get(name);
      const expected = `F32 [${shape.join(', ')}]`;
      if (!tensor) {
        throw new InputError(`${source} has no tensor ${name} (${expected}); use a file made with the same networks.`);
      }
      if (tensor.dtype !== 'F32' || tensor.shape.join() !== shape.join()) {
        throw new InputError(
          `${source} holds ${name} as ${tensor.dtype} [${tensor.shape.join(', ')}] instead of ${expected}; use a file made with the same networks.`,
        );
      }
      return tensor.data;
    });
    this.layout.forEach(({ offset }, i) => {
      this.parameters.set(loaded[i], offset);
    });
  }

  #viewOf(flat: Float32Array, name: string): Float32Array {
    const slot = this.layout.find((candidate) => candidate.name === name);
    if (!slot) throw new Error(`The parameter vector has no tensor named ${name}.`);
    return flat.subarray(slot.offset, slot.offset + sizeOf(slot.shape));
  }
}

function sizeOf(shape: readonly number[]): number {
  return shape.reduce((product, length) => product * length, 1);
}
