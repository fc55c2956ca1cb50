import { makeVector, type VectorEnv } from '@understudy/gym';
import { KernelMemory, kernelStatus } from '@understudy/kernels';
import { allocateParameters, createMlpNetwork } from '@understudy/nn';
import type { Generator } from '@understudy/random';
import {
  type ActionHead,
  actionBounds,
  createActionHead,
  type EnvironmentHooks,
  onPolicySpec,
  type PolicySpec,
  policyTensorShapes,
  type ShardAgent,
  ShardCollector,
  type ShardPlan,
  type ShardPolicy,
  spawnGenerators,
  splitShards,
  takeFloat32,
} from '@understudy/training';
import type { PpoConfig } from './config.ts';

/**
 * Asks another process for the actor's outputs.
 *
 * @param version - Of the policy.
 * @param observations - `[count, observationSize]`, normalised.
 * @returns `[count, outputSize]`
 */
export type RemoteForward = (version: number, observations: Float32Array, count: number) => Promise<Float32Array>;

/** Arguments of {@link createPpoShardCollector}. */
export interface PpoShardOptions extends Pick<EnvironmentHooks, 'makeVectorEnv'> {
  /** Computes the actor's outputs elsewhere; without it the collector holds the weights itself. */
  forward?: RemoteForward;
}

/** What is collected for a configuration, and in which shards. @param env - Shows its spaces. */
export function createPpoShardPlan(config: PpoConfig, env: VectorEnv): ShardPlan {
  const { environment, environmentOptions, envs, shards, staleness, steps, totalSteps } = config;
  return {
    algorithm: 'ppo',
    environment,
    environmentOptions,
    config,
    kernels: kernelStatus().engine,
    shards: splitShards(envs, shards),
    steps,
    observationSize: env.observationSize,
    actionSize: env.actionSize,
    normalizesObservations: config.normalizeObservations,
    normalizesRewards: config.normalizeRewards,
    staleness,
    iterations: Math.ceil(totalSteps / (steps * envs)),
  };
}

/** What the actor of a policy is, for an inference server: shards send observations that are normalised already. */
export function createPpoActorSpec(config: PpoConfig, env: VectorEnv): PolicySpec {
  return { ...onPolicySpec('ppo', config, env), observationClip: null };
}

/**
 * Makes what collects one shard of a PPO training, wherever that is.
 *
 * @param index - The shard's.
 * @throws InputError when the environment is unknown or doesn't fit.
 */
export async function createPpoShardCollector(
  config: PpoConfig,
  index: number,
  { makeVectorEnv, forward }: PpoShardOptions = {},
): Promise<ShardCollector> {
  const { environment, environmentOptions, workers, envs, shards, seed } = config;
  const shard = splitShards(envs, shards)[index];
  const { count } = shard;
  const vectorOptions = { count, workers, autoresetMode: 'same-step', options: environmentOptions } as const;
  const env = await (makeVectorEnv?.({ count }) ?? makeVector(environment, vectorOptions));
  const spec = onPolicySpec('ppo', config, env);
  const [, actions] = spawnGenerators(seed, 3);
  return new ShardCollector(env, {
    shard,
    steps: config.steps,
    seed,
    agent: new PpoShardAgent(spec, count, forward),
    // The only shard draws what a training without shards draws.
    generator: shards === 1 ? actions : actions.spawn(shards)[index],
    observationNormalizer: config.normalizeObservations ? { clip: config.observationClip } : undefined,
    rewardNormalizer: config.normalizeRewards ? { gamma: config.gamma, clip: config.rewardClip } : undefined,
    actionBounds: spec.distribution === 'gaussian' ? actionBounds(env.singleActionSpace) : undefined,
  });
}

/** Acts by a copy of the actor, or by outputs that come from elsewhere. */
class PpoShardAgent implements ShardAgent {
  readonly #load: (policy: ShardPolicy) => void;
  readonly #head: ActionHead;
  readonly #outputs: (observations: Float32Array, count: number) => Float32Array | Promise<Float32Array>;
  #version = 0;

  constructor(spec: PolicySpec, count: number, forward: RemoteForward | undefined) {
    const parameters = allocateParameters(KernelMemory.create(), policyTensorShapes(spec));
    this.#head = createActionHead(spec, parameters);
    if (forward) {
      this.#outputs = (observations, rows) => forward(this.#version, observations, rows);
      this.#load = ({ tensors }) => {
        if (spec.distribution !== 'gaussian') return;
        parameters
          .tensor('log_standard_deviation')
          .set(takeFloat32(tensors, 'log_standard_deviation', spec.actionSize));
      };
      return;
    }
    const { observationSize, hiddenSizes, outputSize, activation } = spec;
    const sizes = [observationSize, ...hiddenSizes, outputSize];
    const actor = createMlpNetwork({ sizes, activation, maxBatch: count, name: 'actor' }, { parameters });
    this.#load = ({ tensors }) => parameters.load(tensors, 'the policy');
    this.#outputs = (observations, rows) => {
      actor.inputBuffer.set(observations);
      return actor.forward(actor.inputBuffer, rows);
    };
  }

  load(policy: ShardPolicy): void {
    this.#version = policy.version;
    this.#load(policy);
  }

  act(
    observations: Float32Array,
    count: number,
    generator: Generator,
    actions: Float32Array,
    logProbabilities: Float32Array,
  ): void | Promise<void> {
    const outputs = this.#outputs(observations, count);
    if (outputs instanceof Float32Array) {
      this.#head.sample(outputs, count, generator, actions, logProbabilities);
      return;
    }
    return outputs.then((arrived) => this.#head.sample(arrived, count, generator, actions, logProbabilities));
  }
}
