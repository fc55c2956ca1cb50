import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Format } from '@understudy/convert';
import { FileSampler, indexEpisodes, openD4rl, readD4rl, TransitionSampler } from '@understudy/d4rl';
import { planLargeWorks, workAlone, writeLargeFile } from './dataset-memory.ts';
import { columnDigests, writeRecording } from './dataset-recording.ts';
import { describeMachine } from './machine.ts';
import { type Peer, startPeer } from './peer.ts';
import { alternate, type BenchHooks, type Paired } from './rounds.ts';

export interface BenchDatasetOptions {
  /** A Python interpreter with h5py, to do the same in alternation. */
  peers?: string;
  /** Transitions of the file that is read and sampled; 200,000 by default. */
  transitions?: number;
  /** Transitions of the file that is indexed; 1,000,000 by default. */
  indexed?: number;
  /** Transitions of a float64 file, to tell the memory that work on it takes; by default none. */
  large?: number;
  /** Formats that the large file is converted to and back from; by default all. */
  formats?: readonly Format[];
  /** Batches of 256 in one round. */
  batches?: number;
  rounds?: number;
}

export interface BenchDatasetResult {
  case: string;
  /** Seconds are those of the processor. */
  unit: string;
  /** Median over the rounds. */
  ours: number;
  peer?: number;
  /** Ours over the peer's. */
  ratio?: number;
  peerName?: string;
  /** Wall time of a case whose figure is memory. */
  seconds?: number;
  machine: string;
}

const batchSize = 256;

/**
 * Times reading, sampling and indexing of D4RL files, beside h5py and NumPy if asked, and tells the memory that a large
 * file takes.
 *
 * @throws InputError when the peer can't run.
 */
export async function benchDataset(
  options: BenchDatasetOptions = {},
  hooks: BenchHooks = {},
): Promise<BenchDatasetResult[]> {
  const { transitions = 200_000, indexed = 1_000_000, large = 0, batches = 2000, rounds = 3 } = options;
  const directory = mkdtempSync(join(tmpdir(), 'understudy-bench-dataset-'));
  const peer = options.peers ? await startPeer(options.peers, 'dataset_h5py.py', []) : undefined;
  const results: BenchDatasetResult[] = [];
  const largeFile = join(directory, 'large.hdf5');
  const works = large > 0 ? planLargeWorks(largeFile, options.formats) : [];
  const total = (peer ? 6 : 4) + (large > 0 ? works.length + 1 : 0);
  const told = (name: string, unit: string, figures: Paired & { seconds?: number }) => {
    const peerName = figures.peer === undefined ? undefined : peer?.name;
    results.push({ case: name, unit, ...figures, ...(peerName && { peerName }), machine: describeMachine() });
    hooks.onProgress?.({ done: results.length, total });
  };
  try {
    const own = join(directory, 'own.hdf5');
    writeRecording(own, transitions);
    if (peer) {
      const theirs = join(directory, 'h5py.hdf5');
      await peer.measure({ do: 'write', path: theirs, rows: transitions });
      told('read, written by h5py', 's', await alternateRead(theirs, peer, rounds, hooks));
    }
    told('read, written here', 's', await alternateRead(own, peer, rounds, hooks));
    if (peer) told('columns equal in h5py', 'of all', { ours: await equalColumns(own, peer) });
    told('sample from memory', 'transitions/s', await alternateSample(own, batches, peer, rounds, hooks));
    told('sample from a file', 'transitions/s', { ours: await fileSampling(own, batches) });
    told('index episodes', 's', await indexing(directory, indexed, peer, hooks));
    if (large > 0) told('large file', 'MB', { ours: writeLargeFile(largeFile, large) / 1e6 });
    for (const work of works) {
      const { name, peakBytes, seconds } = await workAlone(work, hooks.signal);
      told(`large: ${name}, peak memory`, 'MB', { ours: peakBytes / 1e6, seconds });
    }
    return results;
  } finally {
    peer?.close();
    rmSync(directory, { recursive: true });
  }
}

/** Processor time, which other programs on the machine disturb least; all of this is work of one thread. */
const secondsOf = async (work: () => Promise<unknown>) => {
  const before = process.cpuUsage();
  await work();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1e6;
};

function alternateRead(path: string, peer: Peer | undefined, rounds: number, hooks: BenchHooks): Promise<Paired> {
  const { signal } = hooks;
  const theirs = peer && (async () => (await peer.measure({ do: 'read', path })).seconds);
  return alternate(rounds, () => secondsOf(() => readD4rl(path)), theirs, { signal });
}

async function equalColumns(path: string, peer: Peer): Promise<number> {
  const { equal, columns } = await peer.measure({ do: 'compare', path, columns: await columnDigests(path) });
  return equal / columns;
}

async function alternateSample(
  path: string,
  batches: number,
  peer: Peer | undefined,
  rounds: number,
  { signal }: BenchHooks,
): Promise<Paired> {
  const sampler = new TransitionSampler(await readD4rl(path, { infos: false }));
  const batch = sampler.createBatch(batchSize);
  const ours = async () => {
    const seconds = await secondsOf(async () => {
      for (let i = 0; i < batches; i++) sampler.sample(batch);
    });
    return (batches * batchSize) / seconds;
  };
  const theirs = peer && (async () => (await peer.measure({ do: 'gather', path, batches })).perSecond);
  return alternate(rounds, ours, theirs, { signal });
}

/** With room for a quarter of the columns that are drawn from. */
async function fileSampling(path: string, batches: number): Promise<number> {
  const file = await openD4rl(path);
  const memoryBytes = (file.transitions * 4 * (file.observationSize + file.actionSize)) / 4;
  const sampler = await FileSampler.create(file, { memoryBytes });
  const batch = sampler.createBatch(batchSize);
  const seconds = await secondsOf(async () => {
    for (let i = 0; i < batches; i++) await sampler.sample(batch);
  });
  file.close();
  return (batches * batchSize) / seconds;
}

/** Once each: D4RL's own loop takes many seconds. Reading counts on our side only. */
async function indexing(directory: string, rows: number, peer: Peer | undefined, hooks: BenchHooks): Promise<Paired> {
  const path = join(directory, 'indexed.hdf5');
  writeRecording(path, rows);
  const theirs = peer && (async () => (await peer.measure({ do: 'loop', path })).seconds);
  const ours = () => secondsOf(() => indexEpisodes(path, { cache: false }));
  const figures = await alternate(1, ours, theirs, { signal: hooks.signal });
  rmSync(path);
  return figures;
}
