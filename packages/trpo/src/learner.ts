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
  type ShardedState,
  spawnGenerators,
} from '@understudy/training';
import { z } from 'zod';
import type { TrpoConfig } from './config.ts';
import { createNetworks, type TrpoNetworks } from './networks.ts';
import { normalizeAdvantages } from './normalize-advantages.ts';
import { type CreateTrpoUpdate, KernelUpdate, type TrpoUpdate, type UpdateStatistics } from './update.ts';

const jsonObject = z.record(z.string(), z.unknown());

/** What of the learner is no tensor. */
const learnerStateSchema = z.object({
  iteration: z.number().int().min(0),
  actions: jsonObject,
  minibatches: jsonObject,
  environments: z.array(jsonObject),
});

/**
 * Trust region policy optimisation (Schulman et al. 2015, arXiv 1502.05477) with generalised advantages: collect a
 * rollout, take one natural gradient step within the trust region, and fit the critic to the returns.
 */
export class TrpoLearner implements Learner {
  readonly unit = 'steps';
  readonly spec: PolicySpec;
  readonly totalSteps: number;
  readonly #networks: TrpoNetworks;
  readonly #policyParts: PolicyParts;
  readonly #rewardNormalizer: RewardNormalizer | undefined;
  readonly #config: TrpoConfig;
  readonly #rollouts: DirectRollouts;
  readonly #advantages: AdvantageEstimator;
  readonly #update: TrpoUpdate;
  readonly #stepsPerIteration: number;
  readonly #iterations: number;
  readonly #minibatchGenerator: Generator;
  #iteration = 0;

  /**
   * @param env - In same-step autoreset mode; the caller closes it.
   * @param createUpdate - Makes the update of the configured engine; that of the kernels by default. The tensor engine's
   *   is what `loadTensorUpdate` gives.
   * @throws InputError when the environment doesn't fit.
   */
  constructor(config: TrpoConfig, env: VectorEnv, createUpdate: CreateTrpoUpdate = createKernelUpdate) {
    const rows = config.steps * env.count;
    const [networkGenerator, actionGenerator, minibatchGenerator] = spawnGenerators(config.seed, 3);
    const valueBatchSize = Math.min(config.valueBatchSize, rows);
    const maxBatch = Math.max(Math.min(config.blockSize, rows), env.count, valueBatchSize);
    this.#config = config;
    this.spec = onPolicySpec('trpo', config, env);
    this.#networks = createNetworks(this.spec, config, maxBatch, networkGenerator);
    this.#minibatchGenerator = minibatchGenerator;
    const scaling = createOnPolicyScaling(config, env, env.count);
    const { observationNormalizer: normalizer, actionBounds: bounds } = scaling;
    const { policy, critic } = this.#networks;
    const { parameters, actor, head } = policy;
    this.#policyParts = { parameters, normalizer, bounds };
    this.#rewardNormalizer = scaling.rewardNormalizer;
    this.#rollouts = new DirectRollouts(env, { ...config, ...scaling, actor, head, generator: actionGenerator });
    this.#advantages = new AdvantageEstimator(critic.network, config, rows, env.count);
    this.#update = createUpdate(this.#networks, { ...config, valueBatchSize }, rows);
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
    const batch = this.#advantages.estimate(await this.#rollouts.collect());
    if (this.#config.normalizeAdvantages) normalizeAdvantages(batch.advantages);
    const explained = explainedVariance(batch);
    const statistics = await this.#update.run(batch, this.#minibatchGenerator);
    this.#iteration++;
    checkStatistics({ ...statistics }, this.spec, this.step);
    return this.#metrics(statistics, explained);
  }

  policyTensors(): [name: string, tensor: Tensor][] {
    return policyTensors(this.spec, this.#policyParts);
  }

  save(): Checkpoint {
    const { actions, environments } = this.#rollouts.save();
    return {
      tensors: new Map([
        ...this.policyTensors(),
        ...this.#networks.critic.parameters.tensors(),
        ...this.#update.valueOptimizer.tensors(),
        ...(this.#rewardNormalizer?.tensors() ?? []),
        ...this.#rollouts.tensors(),
      ]),
      state: {
        iteration: this.#iteration,
        actions,
        minibatches: this.#minibatchGenerator.getState(),
        environments,
      },
    };
  }

  restore({ tensors, state }: Checkpoint): void {
    const saved = parseState(learnerStateSchema, state);
    this.#networks.policy.parameters.load(tensors);
    this.#networks.critic.parameters.load(tensors);
    this.#update.valueOptimizer.load(tensors);
    this.#update.reload();
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

  #metrics(statistics: UpdateStatistics, explained: number | null): Metrics {
    const { episodes } = this.#rollouts;
    return {
      step: this.step,
      episodes: episodes.finished,
      meanReturn: episodes.meanReturn ?? null,
      meanLength: episodes.meanLength ?? null,
      ...statistics,
      explainedVariance: explained,
    };
  }
}

const createKernelUpdate: CreateTrpoUpdate = (networks, config, rows) => {
  if (config.engine !== 'kernels') throw new Error(`The update of the ${config.engine} engine has to be given.`);
  return new KernelUpdate(networks, config, rows);
};
