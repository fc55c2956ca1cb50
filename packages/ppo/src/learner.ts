import type { EnvState, VectorEnv } from '@understudy/gym';
import type { Tensor } from '@understudy/nn';
import type { Generator, GeneratorState } from '@understudy/random';
import {
  actionBounds,
  type Checkpoint,
  choiceCount,
  computeAdvantages,
  type Learner,
  type Metrics,
  ObservationNormalizer,
  type PolicyParts,
  type PolicySpec,
  parseState,
  policyTensors,
  RewardNormalizer,
  type Rollout,
  RolloutCollector,
  spawnGenerators,
} from '@understudy/training';
import { z } from 'zod';
import type { PpoConfig } from './config.ts';
import { createNetworks, evaluateValues, type PpoNetworks } from './networks.ts';
import {
  type CreatePpoUpdate,
  KernelUpdate,
  minibatchSize,
  type PpoUpdate,
  type TrainingBatch,
  type UpdateStatistics,
} from './update.ts';

const jsonObject = z.record(z.string(), z.unknown());

/** What of the learner is no tensor. */
const learnerStateSchema = z.object({
  iteration: z.number().int().min(0),
  actions: jsonObject,
  minibatches: jsonObject,
  environments: z.array(jsonObject),
});

/**
 * Proximal policy optimisation (Schulman et al. 2017, arXiv 1707.06347), algorithm 1: collect a rollout, estimate its
 * advantages, and take several passes of minibatch steps on the clipped objective.
 */
export class PpoLearner implements Learner {
  readonly unit = 'steps';
  readonly spec: PolicySpec;
  readonly totalSteps: number;
  readonly #config: PpoConfig;
  readonly #networks: PpoNetworks;
  readonly #policyParts: PolicyParts;
  readonly #rewardNormalizer: RewardNormalizer | undefined;
  readonly #collector: RolloutCollector;
  readonly #update: PpoUpdate;
  readonly #batch: TrainingBatch;
  readonly #stepsPerIteration: number;
  readonly #iterations: number;
  readonly #actionGenerator: Generator;
  readonly #minibatchGenerator: Generator;
  readonly #lastValues: Float32Array;
  /** Values of truncated episodes' last observations at their rows. */
  readonly #finalValues: Float32Array;
  #truncationValues = new Float32Array(1);
  #iteration = 0;

  /**
   * @param env - In same-step autoreset mode; the caller closes it.
   * @param createUpdate - Makes the update of the configured engine; that of the kernels by default. The tensor engine's
   *   is what `loadTensorUpdate` gives.
   * @throws InputError when the environment doesn't fit.
   */
  constructor(config: PpoConfig, env: VectorEnv, createUpdate: CreatePpoUpdate = createKernelUpdate) {
    const rows = config.steps * env.count;
    const [networkGenerator, actionGenerator, minibatchGenerator] = spawnGenerators(config.seed, 3);
    this.spec = createPolicySpec(config, env);
    const maxBatch = Math.max(minibatchSize(rows, config.minibatches), env.count);
    this.#config = config;
    this.#networks = createNetworks(this.spec, config, maxBatch, networkGenerator);
    this.#actionGenerator = actionGenerator;
    this.#minibatchGenerator = minibatchGenerator;
    const normalizer = config.normalizeObservations
      ? new ObservationNormalizer(env.observationSize, { clip: config.observationClip })
      : undefined;
    const bounds = this.spec.distribution === 'gaussian' ? actionBounds(env.singleActionSpace) : undefined;
    this.#policyParts = { parameters: this.#networks.parameters, normalizer, bounds };
    this.#rewardNormalizer = config.normalizeRewards
      ? new RewardNormalizer(env.count, { gamma: config.gamma, clip: config.rewardClip })
      : undefined;
    this.#collector = new RolloutCollector(env, {
      steps: config.steps,
      observationNormalizer: normalizer,
      rewardNormalizer: this.#rewardNormalizer,
      actionBounds: bounds,
    });
    this.#update = createUpdate(this.#networks, config, rows, env.actionSize);
    this.#batch = emptyBatch(rows);
    this.#lastValues = new Float32Array(env.count);
    this.#finalValues = new Float32Array(rows);
    this.#stepsPerIteration = rows;
    this.#iterations = Math.ceil(config.totalSteps / rows);
    this.totalSteps = this.#iterations * rows;
    this.#collector.reset(config.seed);
  }

  get step(): number {
    return this.#iteration * this.#stepsPerIteration;
  }

  get finished(): boolean {
    return this.#iteration >= this.#iterations;
  }

  get meanReturn(): number | undefined {
    return this.#collector.episodes.meanReturn;
  }

  get episodes(): number {
    return this.#collector.episodes.finished;
  }

  /** The mean return of the last training episodes. */
  get score(): number | undefined {
    return this.meanReturn;
  }

  async iterate(): Promise<Metrics> {
    const learningRate = this.#annealedLearningRate();
    const rollout = this.#collectRollout();
    this.#estimateAdvantages(rollout);
    const statistics = await this.#update.run(this.#batch, learningRate, this.#minibatchGenerator);
    this.#iteration++;
    return this.#metrics(statistics, learningRate);
  }

  policyTensors(): [name: string, tensor: Tensor][] {
    return policyTensors(this.spec, this.#policyParts);
  }

  save(): Checkpoint {
    return {
      tensors: new Map([
        ...this.policyTensors(),
        ...this.#networks.parameters.tensors(),
        ...this.#update.tensors(),
        ...(this.#rewardNormalizer?.tensors() ?? []),
        ...this.#collector.tensors(),
      ]),
      state: {
        iteration: this.#iteration,
        actions: this.#actionGenerator.getState(),
        minibatches: this.#minibatchGenerator.getState(),
        environments: this.#collector.environmentStates(),
      },
    };
  }

  restore({ tensors, state }: Checkpoint): void {
    const saved = parseState(learnerStateSchema, state);
    this.#networks.parameters.load(tensors);
    this.#update.load(tensors);
    this.#policyParts.normalizer?.restore(tensors);
    this.#rewardNormalizer?.restore(tensors);
    this.#collector.restore(tensors, saved.environments as EnvState[]);
    this.#actionGenerator.setState(saved.actions as unknown as GeneratorState);
    this.#minibatchGenerator.setState(saved.minibatches as unknown as GeneratorState);
    this.#iteration = saved.iteration;
  }

  /** Gives back what the update's engine holds on its device. */
  dispose(): void {
    this.#update.dispose();
  }

  results(): Metrics {
    return { meanReturn: this.meanReturn ?? null, episodes: this.episodes };
  }

  /** Falls linearly from the configured step size, at the first rollout, towards 0 after the last. */
  #annealedLearningRate(): number {
    const { annealLearningRate, learningRate } = this.#config;
    return annealLearningRate ? learningRate * (1 - this.#iteration / this.#iterations) : learningRate;
  }

  #collectRollout(): Rollout {
    const { actor, head } = this.#networks;
    return this.#collector.collect((observations, count, actions, logProbabilities) => {
      actor.inputBuffer.set(observations);
      const outputs = actor.forward(actor.inputBuffer, count);
      head.sample(outputs, count, this.#actionGenerator, actions, logProbabilities);
    });
  }

  /** Values of every observation in one go, since the critic doesn't change while a rollout is collected; then GAE. */
  #estimateAdvantages(rollout: Rollout): void {
    const { critic } = this.#networks;
    const batch = this.#batch;
    evaluateValues(critic, rollout.observations, batch.rows, batch.values);
    evaluateValues(critic, rollout.lastObservations, rollout.count, this.#lastValues);
    this.#evaluateTruncations(rollout);
    batch.observations = rollout.observations;
    batch.actions = rollout.actions;
    batch.logProbabilities = rollout.logProbabilities;
    computeAdvantages(
      {
        steps: rollout.steps,
        count: rollout.count,
        rewards: rollout.rewards,
        values: batch.values,
        lastValues: this.#lastValues,
        terminated: rollout.terminated,
        truncated: rollout.truncated,
        finalValues: this.#finalValues,
      },
      this.#config,
      batch,
    );
  }

  #evaluateTruncations({ truncations, truncatedRows, finalObservations }: Rollout): void {
    if (this.#truncationValues.length < truncations) this.#truncationValues = new Float32Array(2 * truncations);
    evaluateValues(this.#networks.critic, finalObservations, truncations, this.#truncationValues);
    for (let i = 0; i < truncations; i++) this.#finalValues[truncatedRows[i]] = this.#truncationValues[i];
  }

  #metrics(statistics: Readonly<UpdateStatistics>, learningRate: number): Metrics {
    const { episodes } = this.#collector;
    return {
      step: this.step,
      episodes: episodes.finished,
      meanReturn: episodes.meanReturn ?? null,
      meanLength: episodes.meanLength ?? null,
      policyLoss: statistics.loss,
      valueLoss: statistics.valueLoss,
      entropy: statistics.entropy,
      kl: statistics.kl,
      clipFraction: statistics.clipFraction,
      gradientNorm: statistics.gradientNorm,
      explainedVariance: explainedVariance(this.#batch),
      epochs: statistics.epochs,
      learningRate,
    };
  }
}

const createKernelUpdate: CreatePpoUpdate = (networks, config, rows, actionSize) => {
  if (config.engine !== 'kernels') throw new Error(`The update of the ${config.engine} engine has to be given.`);
  return new KernelUpdate(networks, config, rows, actionSize);
};

/** What the policy for an environment is made of. */
function createPolicySpec(config: PpoConfig, env: VectorEnv): PolicySpec {
  const discrete = env.singleActionSpace.kind === 'discrete';
  return {
    algorithm: 'ppo',
    environment: config.environment,
    observationSize: env.observationSize,
    actionSize: env.actionSize,
    distribution: discrete ? 'categorical' : 'gaussian',
    outputSize: discrete ? choiceCount(env.singleActionSpace) : env.actionSize,
    hiddenSizes: config.hiddenSizes,
    activation: config.activation,
    observationClip: config.normalizeObservations ? config.observationClip : null,
  };
}

function emptyBatch(rows: number): TrainingBatch {
  const none = new Float32Array(0);
  return {
    rows,
    observations: none,
    actions: none,
    logProbabilities: none,
    values: new Float32Array(rows),
    advantages: new Float32Array(rows),
    returns: new Float32Array(rows),
  };
}

/** Share of the returns' variance that the critic explained before the update; null where they don't vary. */
function explainedVariance({ rows, values, returns }: TrainingBatch): number | null {
  let mean = 0;
  let errorMean = 0;
  for (let i = 0; i < rows; i++) {
    mean += returns[i] / rows;
    errorMean += (returns[i] - values[i]) / rows;
  }
  let variance = 0;
  let errorVariance = 0;
  for (let i = 0; i < rows; i++) {
    variance += (returns[i] - mean) ** 2;
    errorVariance += (returns[i] - values[i] - errorMean) ** 2;
  }
  return variance === 0 ? null : 1 - errorVariance / variance;
}
