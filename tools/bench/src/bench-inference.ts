import { defaultRng } from '@understudy/random';
import { InferenceClient } from '@understudy/rollout';
import type { PolicySpec } from '@understudy/training';
import { describeMachine } from './machine.ts';
import { type BenchHooks, median } from './rounds.ts';

/** A running inference server. */
export interface StartedServer {
  address: string;
  /** Ends it. @returns what it has done. */
  stop(): Promise<{ rows: number; batches: number; largestBatch: number }>;
}

export interface BenchInferenceOptions {
  /** Clients that ask at the same time; 8 unless told. */
  clients?: number;
  /** Environments of each, so observations of each request; 32 unless told. */
  envs?: number;
  /** Seconds of one measurement; 1 unless told. */
  seconds?: number;
  /** Rounds that count; 5 unless told. */
  rounds?: number;
  /** Starts a server in another process. @param joins - Whether it makes batches of several requests. */
  startServer(joins: boolean): Promise<StartedServer>;
}

/** One way to ask. */
export interface InferenceFigure {
  /** Observations a second, the median of the rounds. */
  rowsPerSecond: number;
  /** Milliseconds from a question to its answer, over all rounds. */
  p50: number;
  p99: number;
}

export interface BenchInferenceResult {
  clients: number;
  envs: number;
  /** The clients at the same time. */
  joined: InferenceFigure;
  /** The same, but the server computes each request alone. */
  apart: InferenceFigure;
  /** One client, one request of all its environments at a time. */
  oneClient: InferenceFigure;
  /** One observation a request, one request at a time. */
  oneAtATime: InferenceFigure;
  /** Observations in one batch of the joining server, on average, and at most. */
  meanBatch: number;
  largestBatch: number;
  /** Joined over one at a time, over one client, over apart: medians of the rounds' ratios. */
  overOneAtATime: number;
  overOneClient: number;
  overApart: number;
  machine: string;
}

const spec: PolicySpec = {
  algorithm: 'ppo',
  environment: 'HalfCheetah-v5',
  observationSize: 17,
  actionSize: 6,
  distribution: 'gaussian',
  outputSize: 6,
  hiddenSizes: [256, 256],
  activation: 'tanh',
  observationClip: null,
};
const model = 'bench';
const ways = ['joined', 'apart', 'oneClient', 'oneAtATime'] as const;
type Way = (typeof ways)[number];

/** Asks an inference server with a 256x256 policy of HalfCheetah's size in four ways, in turn. */
export async function benchInference(
  { clients: count = 8, envs = 32, seconds = 1, rounds = 5, startServer }: BenchInferenceOptions,
  hooks: BenchHooks = {},
): Promise<BenchInferenceResult> {
  const servers = await Promise.all([startServer(true), startServer(false), startServer(true)]);
  const open = ({ address }: StartedServer) =>
    Promise.all(Array.from({ length: count }, () => InferenceClient.open({ address })));
  const clients = await Promise.all(servers.map(open));
  const [joining, apart, [single]] = clients;
  try {
    const tensors = randomTensors();
    for (const client of [joining[0], apart[0], single]) await client.publish(model, 0, spec, tensors);
    const measure: Record<Way, () => Promise<Measured>> = {
      joined: () => askFor(seconds, joining, envs),
      apart: () => askFor(seconds, apart, envs),
      oneClient: () => askFor(seconds, [single], envs),
      oneAtATime: () => askFor(seconds, [single], 1),
    };
    const measured: Record<Way, Measured[]> = { joined: [], apart: [], oneClient: [], oneAtATime: [] };
    for (let round = 0; round <= rounds; round++) {
      for (const way of ways) {
        hooks.signal?.throwIfAborted();
        const figures = await measure[way]();
        // The first round warms up.
        if (round > 0) measured[way].push(figures);
      }
      hooks.onProgress?.({ done: round + 1, total: rounds + 1 });
    }
    const { rows, batches, largestBatch } = await servers[0].stop();
    const over = (way: Way) =>
      median(measured.joined.map(({ rowsPerSecond }, i) => rowsPerSecond / measured[way][i].rowsPerSecond));
    return {
      ...{ clients: count, envs, meanBatch: rows / batches, largestBatch },
      joined: summarise(measured.joined),
      apart: summarise(measured.apart),
      oneClient: summarise(measured.oneClient),
      oneAtATime: summarise(measured.oneAtATime),
      overOneAtATime: over('oneAtATime'),
      overOneClient: over('oneClient'),
      overApart: over('apart'),
      machine: describeMachine(),
    };
  } finally {
    for (const client of clients.flat()) client.close();
    await Promise.all(servers.map((server) => server.stop()));
  }
}

interface Measured {
  rowsPerSecond: number;
  latencies: number[];
}

/** Every client asks, waits for the answer, and asks again. */
async function askFor(seconds: number, clients: readonly InferenceClient[], rows: number): Promise<Measured> {
  const observations = new Float32Array(rows * spec.observationSize);
  defaultRng(0).fillStandardNormal(observations);
  const latencies: number[] = [];
  const started = performance.now();
  const until = started + 1000 * seconds;
  await Promise.all(
    clients.map(async (client) => {
      for (let now = performance.now(); now < until; ) {
        await client.infer(model, observations, rows);
        const answered = performance.now();
        latencies.push(answered - now);
        now = answered;
      }
    }),
  );
  const rowsPerSecond = (1000 * latencies.length * rows) / (performance.now() - started);
  return { rowsPerSecond, latencies };
}

function summarise(measured: readonly Measured[]): InferenceFigure {
  const latencies = measured.flatMap((each) => each.latencies).sort((a, b) => a - b);
  const quantile = (share: number) => latencies[Math.floor(share * (latencies.length - 1))];
  return {
    rowsPerSecond: median(measured.map(({ rowsPerSecond }) => rowsPerSecond)),
    p50: quantile(0.5),
    p99: quantile(0.99),
  };
}

function randomTensors(): Parameters<InferenceClient['publish']>[3] {
  const generator = defaultRng(0);
  const sizes = [spec.observationSize, ...spec.hiddenSizes, spec.outputSize];
  const tensors = new Map<string, { dtype: 'F32'; shape: number[]; data: Float32Array }>();
  for (let i = 0; i + 1 < sizes.length; i++) {
    const [fanIn, fanOut] = [sizes[i], sizes[i + 1]];
    const weight = new Float32Array(fanIn * fanOut);
    generator.fillStandardNormal(weight);
    for (let at = 0; at < weight.length; at++) weight[at] /= Math.sqrt(fanIn);
    tensors.set(`actor.${i}.weight`, { dtype: 'F32', shape: [fanIn, fanOut], data: weight });
    tensors.set(`actor.${i}.bias`, { dtype: 'F32', shape: [fanOut], data: new Float32Array(fanOut) });
  }
  return tensors;
}
