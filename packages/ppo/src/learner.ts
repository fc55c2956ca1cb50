import type { VectorEnv } from '@understudy/gym';
import type { Tensor } from '@understudy/nn';
import type { Generator, GeneratorState } from '@understudy/random';
import {
  AdvantageEstimator,
  type Checkpoint,
  checkStatistics,
  createOnPolicyScaling,
  DirectRollouts,
  explainedVariance,
  type Learner,
  type Metrics,
  onPolicySpec,
  type PolicyParts,
  type PolicySpec,
  parseState,
  policyTensors,
  type RewardNormalizer,
  type RolloutSource,
  ShardedRollouts,
  type ShardedState,
  type ShardPlan,
  type ShardService,
  spawnGenerators,
} from '@understudy/training';
import { z } from 'zod';
import type { PpoConfig } from './config.ts';
import { createNetworks, type PpoNetworks } from './networks.ts';
import { type CreatePpoUpdate, KernelUpdate, minibatchSize, type PpoUpdate, type UpdateStatistics } from './update.ts';

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
  readonly #advantages: AdvantageEstimator;
  readonly #stepsPerIteration: number;
  readonly #iterations: number;
  readonly #minibatchGenerator: Generator;
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
    this.spec = onPolicySpec('ppo', config, env);
    const maxBatch = Math.max(minibatchSize(rows, config.minibatches), count);
    this.#config = config;
    this.#networks = createNetworks(this.spec, config, maxBatch, networkGenerator);
    this.#minibatchGenerator = minibatchGenerator;
    const scaling = createOnPolicyScaling(config, env, count);
    const { observationNormalizer: normalizer, actionBounds: bounds } = scaling;
    const { parameters, actor, head } = this.#networks;
    this.#policyParts = { parameters, normalizer, bounds };
    this.#rewardNormalizer = scaling.rewardNormalizer;
    this.#rollouts = sharding
      ? new ShardedRollouts(sharding.plan, sharding.service, {
          policyTensors: () => policyTensors(this.spec, { parameters }),
          ...scaling,
        })
      : new DirectRollouts(env, { ...config, ...scaling, actor, head, generator: actionGenerator });
    this.#update = createUpdate(this.#networks, config, rows, env.actionSize);
    this.#advantages = new AdvantageEstimator(this.#networks.critic, config, rows, count);
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
    const batch = this.#advantages.estimate(rollout);
    const statistics = await this.#update.run(batch, learningRate, this.#minibatchGenerator);
    this.#iteration++;
    checkStatistics({ ...statistics }, this.spec, this.step);
    return this.#metrics(statistics, explainedVariance(batch), learningRate);
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
    this.#rollouts.restore(tensors, saved as unknown as ShardedState);
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

  #metrics(statistics: Readonly<UpdateStatistics>, explained: number | null, learningRate: number): Metrics {
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
      explainedVariance: explained,
      epochs: statistics.epochs,
      learningRate,
    };
  }
}

const createKernelUpdate: CreatePpoUpdate = (networks, config, rows, actionSize) => {
  if (config.engine !== 'kernels') throw new Error(`The update of the ${config.engine} engine has to be given.`);
  return new KernelUpdate(networks, config, rows, actionSize);
};
