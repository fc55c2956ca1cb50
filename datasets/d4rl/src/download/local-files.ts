import { existsSync, readdirSync } from 'node:fs';
import { homedir } from 'node:os';
import { basename, join } from 'node:path';
import { type D4rlEntry, d4rlCatalogue } from '../catalogue/catalogue.ts';

/** Where datasets are kept: `$D4RL_DATASET_DIR`, or `~/.d4rl/datasets`, as D4RL itself has it. */
export function d4rlDirectory(): string {
  return process.env.D4RL_DATASET_DIR || join(homedir(), '.d4rl', 'datasets');
}

/** Where a dataset is, or would be; D4RL itself finds it there. */
export function d4rlPath(entry: D4rlEntry, directory: string = d4rlDirectory()): string {
  return join(directory, basename(entry.path));
}

/** Datasets of the catalogue whose files are there. */
export function localD4rl(directory: string = d4rlDirectory()): D4rlEntry[] {
  if (!existsSync(directory)) return [];
  const there = new Set(readdirSync(directory));
  return [...d4rlCatalogue().values()].filter(({ path }) => there.has(basename(path)));
}
