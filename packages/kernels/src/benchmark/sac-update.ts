import { mlpParameterCount } from '../descriptor.ts';
import type { KernelEngine } from '../kernel-engine.ts';
import { KernelMemory } from '../kernel-memory.ts';
import { createMlp, type Mlp } from '../mlp.ts';
import { adam, fill, polyak } from '../optimiser.ts';
import { Draws } from './draws.ts';
import { SquashedSamples } from './squashed-samples.ts';

const OBSERVATIONS = 17;
const ACTIONS = 6;
const ACTOR = [OBSERVATIONS, 256, 256, 2 * ACTIONS];
const CRITIC = [OBSERVATIONS + ACTIONS, 256, 256, 1];
const DISCOUNT = 0.99;
const TAU = 0.005;
const LEARNING_RATE = 3e-4;

/** One update of soft actor-critic (Haarnoja et al. 2018b) on a fixed batch: critics, actor, temperature, targets. */
export function sacUpdate(batch: number, engine?: KernelEngine): () => void {
  const update = new SacUpdate(batch, engine);
  return () => update.run();
}

class SacUpdate {
  readonly #memory: KernelMemory;
  readonly #draws = new Draws(1);
  readonly #batch: number;
  readonly #actor: Mlp;
  readonly #critics: [Mlp, Mlp];
  readonly #targets: [Mlp, Mlp];
  readonly #targetParameters: Float32Array;
  readonly #actorOptimiser;
  readonly #criticOptimiser;
  readonly #samples: SquashedSamples;
  readonly #observations: Float32Array;
  readonly #nextObservations: Float32Array;
  readonly #rewards: Float32Array;
  /** Critic inputs: observation and action side by side, `[batch, 23]`. */
  readonly #taken: Float32Array;
  readonly #imagined: Float32Array;
  readonly #valueTargets: Float32Array;
  #logTemperature = 0;
  readonly #temperatureMoments = { first: 0, second: 0 };

  constructor(batch: number, engine: KernelEngine | undefined) {
    const memory = KernelMemory.create({ engine });
    this.#memory = memory;
    const draws = this.#draws;
    this.#batch = batch;
    const criticCount = mlpParameterCount(CRITIC);
    this.#actorOptimiser = optimiser(memory, mlpParameterCount(ACTOR));
    this.#criticOptimiser = optimiser(memory, 2 * criticCount);
    this.#targetParameters = memory.float32(2 * criticCount);
    const { parameters, gradients } = this.#criticOptimiser;
    draws.fillLayers(this.#actorOptimiser.parameters, ACTOR);
    for (const from of [0, criticCount]) draws.fillLayers(parameters.subarray(from, from + criticCount), CRITIC);
    this.#targetParameters.set(parameters);

    this.#actor = createMlp(memory, {
      sizes: ACTOR,
      activation: 'relu',
      maxBatch: batch,
      parameters: this.#actorOptimiser.parameters,
      gradients: this.#actorOptimiser.gradients,
    });
    const critic = (from: number, vector: Float32Array) =>
      createMlp(memory, {
        sizes: CRITIC,
        activation: 'relu',
        maxBatch: batch,
        parameters: vector.subarray(from, from + criticCount),
        gradients: gradients.subarray(from, from + criticCount),
      });
    this.#critics = [critic(0, parameters), critic(criticCount, parameters)];
    this.#targets = [critic(0, this.#targetParameters), critic(criticCount, this.#targetParameters)];

    this.#samples = new SquashedSamples(batch, ACTIONS);
    this.#observations = memory.float32(batch * OBSERVATIONS);
    this.#nextObservations = memory.float32(batch * OBSERVATIONS);
    this.#taken = memory.float32(batch * CRITIC[0]);
    this.#imagined = memory.float32(batch * CRITIC[0]);
    draws.fillNormal(this.#observations);
    draws.fillNormal(this.#nextObservations);
    this.#rewards = draws.fillNormal(new Float32Array(batch));
    const actions = Float32Array.from({ length: batch * ACTIONS }, () => 2 * draws.uniform() - 1);
    placeBeside(this.#taken, this.#observations, actions, batch);
    this.#valueTargets = new Float32Array(batch);
  }

  run(): void {
    this.#updateCritics();
    const logProbability = this.#updateActor();
    this.#updateTemperature(logProbability);
    polyak(this.#memory, this.#targetParameters, this.#criticOptimiser.parameters, TAU);
  }

  /** Regression of both critics onto `r + discount * (min of the targets - temperature * log probability)`. */
  #updateCritics(): void {
    const batch = this.#batch;
    const samples = this.#samples;
    samples.draw(this.#actor.forward(this.#nextObservations, batch), this.#draws);
    placeBeside(this.#imagined, this.#nextObservations, samples.actions, batch);
    const first = this.#targets[0].forward(this.#imagined, batch);
    const second = this.#targets[1].forward(this.#imagined, batch);
    const temperature = Math.exp(this.#logTemperature);
    for (let row = 0; row < batch; row++) {
      const value = Math.min(first[row], second[row]) - temperature * samples.logProbabilities[row];
      this.#valueTargets[row] = this.#rewards[row] + DISCOUNT * value;
    }
    fill(this.#memory, this.#criticOptimiser.gradients, 0);
    for (const critic of this.#critics) {
      const values = critic.forward(this.#taken, batch);
      const gradients = critic.outputGradientBuffer;
      for (let row = 0; row < batch; row++) gradients[row] = (2 / batch) * (values[row] - this.#valueTargets[row]);
      critic.backward(gradients, batch);
    }
    this.#criticOptimiser.step++;
    adam(this.#memory, this.#criticOptimiser);
  }

  /** Ascends `min of the critics - temperature * log probability` through the actions; returns the mean of the latter. */
  #updateActor(): number {
    const batch = this.#batch;
    const samples = this.#samples;
    samples.draw(this.#actor.forward(this.#observations, batch), this.#draws);
    placeBeside(this.#imagined, this.#observations, samples.actions, batch);
    const first = this.#critics[0].forward(this.#imagined, batch);
    const second = this.#critics[1].forward(this.#imagined, batch);
    for (const [critic, own, other] of [
      [this.#critics[0], first, second],
      [this.#critics[1], second, first],
    ] as const) {
      const gradients = critic.outputGradientBuffer;
      for (let row = 0; row < batch; row++) gradients[row] = own[row] < other[row] ? -1 / batch : 0;
    }
    const options = { inputGradients: true, skipParameters: true };
    const byFirst = this.#critics[0].backward(this.#critics[0].outputGradientBuffer, batch, options)!;
    const bySecond = this.#critics[1].backward(this.#critics[1].outputGradientBuffer, batch, options)!;
    const byAction = samples.actionGradients;
    for (let row = 0; row < batch; row++) {
      for (let j = 0; j < ACTIONS; j++) {
        const at = row * CRITIC[0] + OBSERVATIONS + j;
        byAction[row * ACTIONS + j] = byFirst[at] + bySecond[at];
      }
    }
    samples.backward(this.#actor.outputGradientBuffer, Math.exp(this.#logTemperature) / batch);
    fill(this.#memory, this.#actorOptimiser.gradients, 0);
    this.#actor.backward(this.#actor.outputGradientBuffer, batch);
    this.#actorOptimiser.step++;
    adam(this.#memory, this.#actorOptimiser);
    let sum = 0;
    for (let row = 0; row < batch; row++) sum += samples.logProbabilities[row];
    return sum / batch;
  }

  /** Adam on the logarithm of the temperature, one number. */
  #updateTemperature(logProbability: number): void {
    const gradient = -(logProbability - ACTIONS);
    const moments = this.#temperatureMoments;
    const step = this.#actorOptimiser.step;
    moments.first += 0.1 * (gradient - moments.first);
    moments.second += 0.001 * (gradient * gradient - moments.second);
    const root = Math.sqrt(moments.second / (1 - 0.999 ** step));
    this.#logTemperature -= (LEARNING_RATE * moments.first) / (1 - 0.9 ** step) / (root + 1e-8);
  }
}

function optimiser(memory: KernelMemory, length: number) {
  const [parameters, gradients, firstMoment, secondMoment] = Array.from({ length: 4 }, () => memory.float32(length));
  return { parameters, gradients, firstMoment, secondMoment, step: 0, learningRate: LEARNING_RATE };
}

function placeBeside(target: Float32Array, observations: Float32Array, actions: Float32Array, batch: number): void {
  const width = OBSERVATIONS + ACTIONS;
  for (let row = 0; row < batch; row++) {
    for (let i = 0; i < OBSERVATIONS; i++) target[row * width + i] = observations[row * OBSERVATIONS + i];
    for (let j = 0; j < ACTIONS; j++) target[row * width + OBSERVATIONS + j] = actions[row * ACTIONS + j];
  }
}
