import type { TrpoPolicy } from './networks.ts';

/**
 * Products with the Fisher matrix of a policy, F = 1/N sum_n J_n^T M_n J_n: J_n the Jacobian of row n's outputs by the
 * parameters, M_n the distribution's Fisher matrix by its outputs (Schulman et al. 2015, appendix C.1). J v is a pass in
 * forward mode and J^T u one in reverse mode, so a product is exact and costs about three forward passes.
 */
export class FisherProduct {
  readonly #policy: TrpoPolicy;
  readonly #damping: number;
  readonly #stride: number;
  /** In the kernels' memory, so that they read it in place; the actor's part is a view of it. */
  readonly #direction: Float32Array;
  readonly #actorDirection: Float32Array;
  readonly #outputGradients: Float32Array;
  readonly #observations: Float32Array;
  #rows = 0;
  /** Whether the only block's forward pass still stands. */
  #standing = false;
  #outputs: Float32Array = new Float32Array(0);

  /**
   * @param rows - The most rows it will get.
   * @param options - `damping` is added to the diagonal; every `stride`-th row counts.
   */
  constructor(policy: TrpoPolicy, rows: number, { damping, stride }: { damping: number; stride: number }) {
    const { parameters, actor } = policy;
    this.#policy = policy;
    this.#damping = damping;
    this.#stride = stride;
    this.#direction = parameters.memory.float32(parameters.size);
    this.#actorDirection = this.#direction.subarray(0, actor.parameters.length);
    this.#outputGradients = parameters.memory.float32(actor.maxBatch * actor.outputSize);
    this.#observations = new Float32Array(Math.ceil(rows / stride) * actor.inputSize);
  }

  /** Takes the observations to average over, under the policy's present parameters. @param observations - `[rows, inputs]` */
  prepare(observations: Float32Array, rows: number): void {
    const { inputSize } = this.#policy.actor;
    this.#rows = 0;
    for (let row = 0; row < rows; row += this.#stride, this.#rows++) {
      const source = observations.subarray(row * inputSize, (row + 1) * inputSize);
      this.#observations.set(source, this.#rows * inputSize);
    }
    this.#standing = false;
  }

  /**
   * `out = (F + damping) v`, both laid out as the policy's parameters. Overwrites their gradients. Between
   * {@link prepare} and the last product nothing else may pass through the actor.
   */
  multiply(vector: Float64Array, out: Float64Array): void {
    const { parameters, actor, divergence } = this.#policy;
    this.#direction.set(vector);
    parameters.zeroGradients();
    for (let first = 0; first < this.#rows; first += actor.maxBatch) this.#addBlock(first);
    divergence.addOwnFisherProduct(this.#direction, parameters.gradients);
    for (let i = 0; i < out.length; i++) out[i] = parameters.gradients[i] + this.#damping * vector[i];
  }

  #addBlock(first: number): void {
    const { actor, divergence } = this.#policy;
    const batch = Math.min(actor.maxBatch, this.#rows - first);
    const outputs = this.#forward(first, batch);
    const tangents = actor.tangent({ parameters: this.#actorDirection }, batch);
    divergence.fisherProduct(outputs, tangents, 1 / this.#rows, batch, this.#outputGradients);
    actor.backward(this.#outputGradients, batch);
  }

  #forward(first: number, batch: number): Float32Array {
    if (this.#standing) return this.#outputs;
    const { inputBuffer, inputSize } = this.#policy.actor;
    inputBuffer.set(this.#observations.subarray(first * inputSize, (first + batch) * inputSize));
    this.#outputs = this.#policy.actor.forward(inputBuffer, batch);
    this.#standing = batch === this.#rows;
    return this.#outputs;
  }
}
