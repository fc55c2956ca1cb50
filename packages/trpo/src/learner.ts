import type { EnvState, VectorEnv } from '@understudy/gym';
import type { Tensor } from '@understudy/nn';
import type { Generator, GeneratorState } from '@understudy/random';
import {
  actionBounds,
  type Checkpoint,
  checkStatistics,
  choiceCount,
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
import { AdvantageEstimator, explainedVariance } from './advantages.ts';
import type { TrpoConfig } from './config.ts';
import { createNetworks, type TrpoNetworks } from './networks.ts';
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
  readonly #collector: RolloutCollector;
  readonly #advantages: AdvantageEstimator;
  readonly #update: TrpoUpdate;
  readonly #stepsPerIteration: number;
  readonly #iterations: number;
  readonly #actionGenerator: Generator;
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
    this.spec = createPolicySpec(config, env);
    this.#networks = createNetworks(this.spec, config, maxBatch, networkGenerator);
    this.#actionGenerator = actionGenerator;
    this.#minibatchGenerator = minibatchGenerator;
    const normalizer = config.normalizeObservations
      ? new ObservationNormalizer(env.observationSize, { clip: config.observationClip })
      : undefined;
    const bounds = this.spec.distribution === 'gaussian' ? actionBounds(env.singleActionSpace) : undefined;
    const { policy, critic } = this.#networks;
    this.#policyParts = { parameters: policy.parameters, normalizer, bounds };
    this.#rewardNormalizer = config.normalizeRewards
      ? new RewardNormalizer(env.count, { gamma: config.gamma, clip: config.rewardClip })
      : undefined;
    this.#collector = new RolloutCollector(env, {
      steps: config.steps,
      observationNormalizer: normalizer,
      rewardNormalizer: this.#rewardNormalizer,
      actionBounds: bounds,
    });
    this.#advantages = new AdvantageEstimator(critic.network, config, rows, env.count);
    this.#update = createUpdate(this.#networks, { ...config, valueBatchSize }, rows);
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

  /** @throws InputError when an observation, a reward or a figure of the update is no finite number. */
  async iterate(): Promise<Metrics> {
    const rollout = this.#collectRollout();
    const batch = this.#advantages.estimate(rollout);
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
    return {
      tensors: new Map([
        ...this.policyTensors(),
        ...this.#networks.critic.parameters.tensors(),
        ...this.#update.valueOptimizer.tensors(),
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
    this.#networks.policy.parameters.load(tensors);
    this.#networks.critic.parameters.load(tensors);
    this.#update.valueOptimizer.load(tensors);
    this.#update.reload();
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

  #collectRollout(): Rollout {
    const { actor, head } = this.#networks.policy;
    return this.#collector.collect((observations, count, actions, logProbabilities) => {
      actor.inputBuffer.set(observations);
      const outputs = actor.forward(actor.inputBuffer, count);
      head.sample(outputs, count, this.#actionGenerator, actions, logProbabilities);
    });
  }

  #metrics(statistics: UpdateStatistics, explained: number | null): Metrics {
    const { episodes } = this.#collector;
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

/** What the policy for an environment is made of. */
function createPolicySpec(config: TrpoConfig, env: VectorEnv): PolicySpec {
  const discrete = env.singleActionSpace.kind === 'discrete';
  return {
    algorithm: 'trpo',
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
