import type { EnvState, VectorEnv } from '@understudy/gym';
import type { Tensor } from '@understudy/nn';
import type { Generator, GeneratorState } from '@understudy/random';
import {
  actionBounds,
  type Checkpoint,
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
import { type PolicyStatistics, PolicyUpdate } from './policy-update.ts';
import { ValueUpdate } from './value-update.ts';

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
  readonly #policyUpdate: PolicyUpdate;
  readonly #valueUpdate: ValueUpdate;
  readonly #stepsPerIteration: number;
  readonly #iterations: number;
  readonly #actionGenerator: Generator;
  readonly #minibatchGenerator: Generator;
  #iteration = 0;

  /**
   * @param env - In same-step autoreset mode; the caller closes it.
   * @throws InputError when the environment doesn't fit.
   */
  constructor(config: TrpoConfig, env: VectorEnv) {
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
    this.#policyUpdate = new PolicyUpdate(policy, config, rows);
    this.#valueUpdate = new ValueUpdate(critic, { ...config, valueBatchSize }, rows);
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

  iterate(): Metrics {
    const rollout = this.#collectRollout();
    const batch = this.#advantages.estimate(rollout);
    const explained = explainedVariance(batch);
    const statistics = this.#policyUpdate.run(batch);
    const valueLoss = this.#valueUpdate.run(batch, this.#minibatchGenerator);
    this.#iteration++;
    return this.#metrics(statistics, valueLoss, explained);
  }

  policyTensors(): [name: string, tensor: Tensor][] {
    return policyTensors(this.spec, this.#policyParts);
  }

  save(): Checkpoint {
    return {
      tensors: new Map([
        ...this.policyTensors(),
        ...this.#networks.critic.parameters.tensors(),
        ...this.#valueUpdate.optimizer.tensors(),
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
    this.#valueUpdate.optimizer.load(tensors);
    this.#policyParts.normalizer?.restore(tensors);
    this.#rewardNormalizer?.restore(tensors);
    this.#collector.restore(tensors, saved.environments as EnvState[]);
    this.#actionGenerator.setState(saved.actions as unknown as GeneratorState);
    this.#minibatchGenerator.setState(saved.minibatches as unknown as GeneratorState);
    this.#iteration = saved.iteration;
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

  #metrics(statistics: PolicyStatistics, valueLoss: number, explained: number | null): Metrics {
    const { episodes } = this.#collector;
    return {
      step: this.step,
      episodes: episodes.finished,
      meanReturn: episodes.meanReturn ?? null,
      meanLength: episodes.meanLength ?? null,
      ...statistics,
      valueLoss,
      explainedVariance: explained,
    };
  }
}

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
