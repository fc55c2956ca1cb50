import { InputError } from '@understudy/errors';
import type { EnvState, VectorEnv } from '@understudy/gym';
import type { Tensor } from '@understudy/nn';
import type { Generator, GeneratorState } from '@understudy/random';
import { z } from 'zod';
import { type Checkpoint, parseState } from '../checkpoint.ts';
import { pauseEvery } from '../event-loop.ts';
import type { ActionBounds } from '../flat-env.ts';
import type { Metrics } from '../metrics-file.ts';
import type { PolicySpec } from '../network-policy.ts';
import { runPaths } from '../run-files.ts';
import type { Learner } from '../run-training.ts';
import { spawnGenerators } from '../seeding.ts';
import { checkStatistics } from './check-statistics.ts';
import { ExperienceCollector, type Explorer } from './experience-collector.ts';
import type { OffPolicyConfig } from './off-policy-config.ts';
import { ReplayBuffer, type ReplayBufferOptions } from './replay-buffer.ts';
import { ReplayFile } from './replay-file.ts';
import { createTransitionBatch, type TransitionBatch } from './transition-batch.ts';

/**
 * The side of an agent whose updates run on a device. A device is read by waiting, which exploring and checkpoints can't:
 * so what they need is brought back before.
 */
export interface DeviceSide {
  /**
   * Brings back what {@link OffPolicyAgent.explore} uses; called before every step that explores, so that the newest
   * policy acts, as on every other engine.
   */
  readPolicy(): Promise<void>;
  /** Brings back everything: parameters, optimisers, statistics. Called at the end of an iteration. */
  readAll(): Promise<void>;
}

/** An algorithm that learns from replayed transitions: what {@link OffPolicyLearner} drives. */
export interface OffPolicyAgent {
  readonly spec: PolicySpec;
  /** Chooses actions in [-1, 1] as the algorithm explores; see {@link Explorer}. */
  explore: Explorer;
  /** One update of everything that is learned. */
  update(batch: TransitionBatch): void;
  /** Means over the updates since the last call, for the metrics; nulls where there was none. */
  takeStatistics(): Metrics;
  /** Only where updates run on a device. */
  readonly device?: DeviceSide;
  policyTensors(): [name: string, tensor: Tensor][];
  /** All tensors that later updates depend on, the policy's included. */
  tensors(): [name: string, tensor: Tensor][];
  /** What of the agent is no tensor: generators, counters; plain JSON. */
  saveState(): Record<string, unknown>;
  /** Puts back what {@link tensors} and {@link saveState} gave. @throws InputError when it doesn't fit. */
  restore(tensors: ReadonlyMap<string, Tensor>, state: Record<string, unknown>): void;
}

/** Arguments of {@link OffPolicyLearner}. */
export interface OffPolicyOptions {
  config: OffPolicyConfig;
  /** In same-step autoreset mode; the caller closes it. */
  env: VectorEnv;
  bounds: ActionBounds;
  agent: OffPolicyAgent;
  /** Makes the replay buffer; a plain one by default. */
  createReplay?(options: ReplayBufferOptions): ReplayBuffer;
}

const jsonObject = z.record(z.string(), z.unknown());
const stateSchema = z.object({
  steps: z.number().int().min(0),
  owedUpdates: z.number(),
  exploration: jsonObject,
  batches: jsonObject,
  agent: jsonObject,
  environments: z.array(jsonObject),
});

/**
 * The loop around every off-policy algorithm: step the environments, put the transitions into a replay buffer, and
 * update as often as configured.
 */
export class OffPolicyLearner implements Learner {
  readonly unit = 'steps';
  readonly totalSteps: number;
  readonly replay: ReplayBuffer;
  readonly #agent: OffPolicyAgent;
  readonly #config: OffPolicyConfig;
  readonly #collector: ExperienceCollector;
  readonly #batch: TransitionBatch;
  readonly #explorationGenerator: Generator;
  readonly #batchGenerator: Generator;
  readonly #drawRandomly: Explorer;
  readonly #explore: Explorer;
  readonly #pause = pauseEvery();
  /** Environment steps of one iteration: whole steps of all environments. */
  readonly #iterationSteps: number;
  #file: ReplayFile | undefined;
  #steps = 0;
  /** Updates due, a fraction of one where `updatesPerStep` is no whole number. */
  #owedUpdates = 0;

  constructor({ config, env, bounds, agent, createReplay }: OffPolicyOptions) {
    const { observationSize, actionSize, count } = env;
    const { replayCapacity, nStep, gamma, seed } = config;
    [this.#explorationGenerator, this.#batchGenerator] = spawnGenerators(seed, 2);
    this.#config = config;
    this.#agent = agent;
    const replayOptions = { capacity: replayCapacity, observationSize, actionSize, count, nStep, gamma };
    this.replay = createReplay ? createReplay(replayOptions) : new ReplayBuffer(replayOptions);
    this.#collector = new ExperienceCollector(env, this.replay, bounds);
    this.#batch = createTransitionBatch(config.batchSize, observationSize, actionSize);
    this.#iterationSteps = Math.ceil(config.iterationSteps / count) * count;
    this.totalSteps = Math.ceil(config.totalSteps / this.#iterationSteps) * this.#iterationSteps;
    this.#drawRandomly = (_observations, _count, actions) => {
      for (let i = 0; i < actions.length; i++) actions[i] = this.#explorationGenerator.uniform(-1, 1);
    };
    this.#explore = (observations, rows, actions) => this.#agent.explore(observations, rows, actions);
    this.#collector.reset(seed);
  }

  get spec(): PolicySpec {
    return this.#agent.spec;
  }

  get step(): number {
    return this.#steps;
  }

  get finished(): boolean {
    return this.#steps >= this.totalSteps;
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

  /** @throws InputError when an observation, a reward or a figure of the updates is no finite number. */
  async iterate(): Promise<Metrics> {
    const end = this.#steps + this.#iterationSteps;
    const { device } = this.#agent;
    while (this.#steps < end) {
      const paused = this.#pause();
      if (paused) await paused;
      if (device && !this.#isWarmingUp) await device.readPolicy();
      this.#step();
      // One environment step may owe many updates.
      for (; this.#owedUpdates >= 1; this.#owedUpdates--) {
        const pausedUpdates = this.#pause();
        if (pausedUpdates) await pausedUpdates;
        this.#update();
      }
    }
    await device?.readAll();
    return this.#metrics();
  }

  #metrics(): Metrics {
    const { episodes } = this.#collector;
    const statistics = this.#agent.takeStatistics();
    checkStatistics(statistics, this.spec, this.#steps);
    return {
      step: this.#steps,
      episodes: episodes.finished,
      meanReturn: episodes.meanReturn ?? null,
      meanLength: episodes.meanLength ?? null,
      replay: this.replay.size,
      ...this.replay.metrics(),
      ...statistics,
    };
  }

  policyTensors(): [name: string, tensor: Tensor][] {
    return this.#agent.policyTensors();
  }

  openStorage(directory: string): void {
    const { count } = this.replay;
    const spareSteps = (2 * this.#config.checkpointEvery * this.#iterationSteps) / count;
    this.#file = new ReplayFile(runPaths(directory).replay, this.replay, spareSteps);
  }

  syncStorage(): void {
    this.#file?.sync();
  }

  closeStorage(): void {
    this.#file?.close();
    this.#file = undefined;
  }

  save(): Checkpoint {
    return {
      tensors: new Map([...this.#agent.tensors(), ...this.#collector.tensors()]),
      state: {
        steps: this.#steps,
        owedUpdates: this.#owedUpdates,
        exploration: this.#explorationGenerator.getState(),
        batches: this.#batchGenerator.getState(),
        agent: this.#agent.saveState(),
        environments: this.#collector.environmentStates(),
      },
    };
  }

  restore({ tensors, state }: Checkpoint): void {
    const saved = parseState(stateSchema, state);
    if (!this.#file) throw new InputError('The replay buffer lies in a run directory; resume the run from there.');
    this.#file.restore(saved.steps / this.replay.count);
    this.#agent.restore(tensors, saved.agent);
    this.#collector.restore(tensors, saved.environments as EnvState[]);
    this.#explorationGenerator.setState(saved.exploration as unknown as GeneratorState);
    this.#batchGenerator.setState(saved.batches as unknown as GeneratorState);
    this.#steps = saved.steps;
    this.#owedUpdates = saved.owedUpdates;
  }

  results(): Metrics {
    return { meanReturn: this.meanReturn ?? null, episodes: this.episodes, ...this.replay.metrics() };
  }

  get #isWarmingUp(): boolean {
    return this.#steps < this.#config.warmupSteps;
  }

  /** One step of every environment. */
  #step(): void {
    const warmingUp = this.#isWarmingUp;
    this.#collector.step(warmingUp ? this.#drawRandomly : this.#explore);
    this.#steps += this.replay.count;
    if (!warmingUp) this.#owedUpdates += this.#config.updatesPerStep * this.replay.count;
  }

  #update(): void {
    this.replay.sample(this.#batchGenerator, this.#batch);
    this.#agent.update(this.#batch);
  }
}
