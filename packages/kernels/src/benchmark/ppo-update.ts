import { mlpParameterCount } from '../descriptor.ts';
import type { KernelEngine } from '../kernel-engine.ts';
import { KernelMemory } from '../kernel-memory.ts';
import { createMlp, type Mlp } from '../mlp.ts';
import { adam, fill } from '../optimiser.ts';
import { Draws } from './draws.ts';

const ACTIONS = 6;
const ACTOR = [17, 64, 64, ACTIONS];
const CRITIC = [17, 64, 64, 1];
const CLIP = 0.2;
const VALUE_COEFFICIENT = 0.5;
const LOG_ROOT_TWO_PI = 0.5 * Math.log(2 * Math.PI);

interface PpoBatch {
  observations: Float32Array;
  actions: Float32Array;
  oldLogProbabilities: Float32Array;
  advantages: Float32Array;
  returns: Float32Array;
}

/** One PPO gradient step on a fixed batch: actor, critic and the logarithms of the standard deviations in one vector. */
export function ppoUpdate(batch: number, engine?: KernelEngine): () => void {
  const memory = KernelMemory.create({ engine });
  const draws = new Draws(1);
  const actorCount = mlpParameterCount(ACTOR);
  const criticEnd = actorCount + mlpParameterCount(CRITIC);
  const [parameters, gradients, firstMoment, secondMoment] = Array.from({ length: 4 }, () =>
    memory.float32(criticEnd + ACTIONS),
  );
  const network = (sizes: number[], from: number, to: number) => {
    draws.fillLayers(parameters.subarray(from, to), sizes);
    return createMlp(memory, {
      sizes,
      activation: 'tanh',
      maxBatch: batch,
      parameters: parameters.subarray(from, to),
      gradients: gradients.subarray(from, to),
    });
  };
  const actor = network(ACTOR, 0, actorCount);
  const critic = network(CRITIC, actorCount, criticEnd);
  const logStd = parameters.subarray(criticEnd);
  const logStdGradients = gradients.subarray(criticEnd);
  const observations = memory.float32(batch * ACTOR[0]);
  draws.fillNormal(observations);
  const data: PpoBatch = {
    observations,
    actions: draws.fillNormal(new Float32Array(batch * ACTIONS)),
    oldLogProbabilities: draws.fillNormal(new Float32Array(batch), -8),
    advantages: draws.fillNormal(new Float32Array(batch)),
    returns: draws.fillNormal(new Float32Array(batch)),
  };
  const optimiser = { parameters, gradients, firstMoment, secondMoment, step: 0, learningRate: 3e-4 };
  return () => {
    fill(memory, gradients, 0);
    policyGradient(actor, logStd, logStdGradients, data, batch);
    valueGradient(critic, data, batch);
    optimiser.step++;
    adam(memory, optimiser);
  };
}

/** The clipped surrogate loss of Schulman et al. (2017), eq. 7, differentiated by the means and log deviations. */
function policyGradient(
  actor: Mlp,
  logStd: Float32Array,
  logStdGradients: Float32Array,
  data: PpoBatch,
  batch: number,
): void {
  const means = actor.forward(data.observations, batch);
  const meanGradients = actor.outputGradientBuffer;
  const inverseStd = inverseDeviations(logStd);
  const { actions, oldLogProbabilities, advantages } = data;
  for (let row = 0; row < batch; row++) {
    const start = row * ACTIONS;
    let logProbability = -ACTIONS * LOG_ROOT_TWO_PI;
    for (let j = 0; j < ACTIONS; j++) {
      const z = (actions[start + j] - means[start + j]) * inverseStd[j];
      logProbability -= 0.5 * z * z + logStd[j];
    }
    const ratio = Math.exp(logProbability - oldLogProbabilities[row]);
    const advantage = advantages[row];
    const clipped = advantage >= 0 ? ratio > 1 + CLIP : ratio < 1 - CLIP;
    const slope = clipped ? 0 : (-advantage * ratio) / batch;
    for (let j = 0; j < ACTIONS; j++) {
      const z = (actions[start + j] - means[start + j]) * inverseStd[j];
      meanGradients[start + j] = slope * z * inverseStd[j];
      logStdGradients[j] += slope * (z * z - 1);
    }
  }
  actor.backward(meanGradients, batch);
}

/** The squared error of the values. */
function valueGradient(critic: Mlp, data: PpoBatch, batch: number): void {
  const values = critic.forward(data.observations, batch);
  const valueGradients = critic.outputGradientBuffer;
  const factor = (2 * VALUE_COEFFICIENT) / batch;
  for (let row = 0; row < batch; row++) valueGradients[row] = factor * (values[row] - data.returns[row]);
  critic.backward(valueGradients, batch);
}

const deviations = new Float64Array(ACTIONS);

function inverseDeviations(logStd: Float32Array): Float64Array {
  for (let j = 0; j < ACTIONS; j++) deviations[j] = Math.exp(-logStd[j]);
  return deviations;
}
