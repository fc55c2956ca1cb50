import type { VectorEnv } from '@understudy/gym';
import type { Tensor } from '@understudy/nn';
import type { Generator, GeneratorState } from '@understudy/random';
import {
  actionBounds,
  type Checkpoint,
  checkStatistics,
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
  ShardedRollouts,
  type ShardPlan,
  type ShardService,
  spawnGenerators,
} from '@understudy/training';
import { z } from 'zod';
import type { PpoConfig } from './config.ts';
import { DirectRollouts, type RolloutSource, type RolloutSourceState } from './direct-rollouts.ts';
import { createNetworks, evaluateValues, type PpoNetworks } from './networks.ts';
import { createPolicySpec } from './policy-spec.ts';
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
  /** Of the one generator, or of every shard's. */
  actions: z.union([jsonObject, z.array(jsonObject)]),
  minibatches: jsonObject,
  environments: z.array(jsonObject),
});

/** How a learner collects by shards: what, and by whom. */
export interface PpoSharding {
  plan: ShardPlan;
  service: ShardService;
}

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
  readonly #rollouts: RolloutSource;
  readonly #update: PpoUpdate;
  readonly #batch: TrainingBatch;
  readonly #stepsPerIteration: number;
  readonly #iterations: number;
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
   * @param sharding - Who collects; without it the learner steps `env` itself. With it `env` only shows its spaces.
   * @throws InputError when the environment doesn't fit.
   */
  constructor(
    config: PpoConfig,
    env: VectorEnv,
    createUpdate: CreatePpoUpdate = createKernelUpdate,
    sharding?: PpoSharding,
  ) {
    const count = sharding ? config.envs : env.count;
    const rows = config.steps * count;
    const [networkGenerator, actionGenerator, minibatchGenerator] = spawnGenerators(config.seed, 3);
    this.spec = createPolicySpec(config, env);
    const maxBatch = Math.max(minibatchSize(rows, config.minibatches), count);
    this.#config = config;
    this.#networks = createNetworks(this.spec, config, maxBatch, networkGenerator);
    this.#minibatchGenerator = minibatchGenerator;
    const normalizer = config.normalizeObservations
      ? new ObservationNormalizer(env.observationSize, { clip: config.observationClip })
      : undefined;
    const bounds = this.spec.distribution === 'gaussian' ? actionBounds(env.singleActionSpace) : undefined;
    this.#policyParts = { parameters: this.#networks.parameters, normalizer, bounds };
    this.#rewardNormalizer = config.normalizeRewards
      ? new RewardNormalizer(count, { gamma: config.gamma, clip: config.rewardClip })
      : undefined;
    this.#rollouts = sharding
      ? new ShardedRollouts(sharding.plan, sharding.service, {
          policyTensors: () => policyTensors(this.spec, { parameters: this.#networks.parameters }),
          observationNormalizer: normalizer,
          rewardNormalizer: this.#rewardNormalizer,
        })
      : new DirectRollouts(env, {
          config,
          networks: this.#networks,
          generator: actionGenerator,
          observationNormalizer: normalizer,
          rewardNormalizer: this.#rewardNormalizer,
          actionBounds: bounds,
        });
    this.#update = createUpdate(this.#networks, config, rows, env.actionSize);
    this.#batch = emptyBatch(rows);
    this.#lastValues = new Float32Array(count);
    this.#finalValues = new Float32Array(rows);
    this.#stepsPerIteration = rows;
    this.#iterations = Math.ceil(config.totalSteps / rows);
    this.totalSteps = this.#iterations * rows;
  }

  get step(): number {
    return this.#iteration * this.#stepsPerIteration;
  }

  get finished(): boolean {
    return this.#iteration >= this.#iterations;
  }

  get meanReturn(): number | undefined {
    return this.#rollouts.episodes.meanReturn;
  }

  get episodes(): number {
    return this.#rollouts.episodes.finished;
  }

  /** The mean return of the last training episodes. */
  get score(): number | undefined {
    return this.meanReturn;
  }

  /** @throws InputError when an observation, a reward or a figure of the update is no finite number. */
  async iterate(): Promise<Metrics> {
    const learningRate = this.#annealedLearningRate();
    const rollout = await this.#rollouts.collect(this.#iteration);
    this.#estimateAdvantages(rollout);
    const statistics = await this.#update.run(this.#batch, learningRate, this.#minibatchGenerator);
    this.#iteration++;
    checkStatistics({ ...statistics }, this.spec, this.step);
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
        ...this.#rollouts.tensors(),
      ]),
      state: {
        iteration: this.#iteration,
        ...this.#rollouts.save(),
        minibatches: this.#minibatchGenerator.getState(),
      },
    };
  }

  restore({ tensors, state }: Checkpoint): void {
    const saved = parseState(learnerStateSchema, state);
    // Nothing was done yet; a new learner stands there already.
    if (saved.iteration === 0) return;
    this.#networks.parameters.load(tensors);
    this.#update.load(tensors);
    this.#policyParts.normalizer?.restore(tensors);
    this.#rewardNormalizer?.restore(tensors);
    this.#rollouts.restore(tensors, saved as unknown as RolloutSourceState);
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
    const { episodes } = this.#rollouts;
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
