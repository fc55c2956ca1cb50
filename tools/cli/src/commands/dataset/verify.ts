import { existsSync } from 'node:fs';
import { basename } from 'node:path';
import type { D4rlEntry, VerifiedFile } from '@understudy/d4rl';
import { InputError, isInputError } from '@understudy/errors';
import type { Command } from 'commander';
import type { CommandContext } from '../../context.ts';
import { describe } from './download.ts';

interface VerifyFlags {
  dir?: string;
  json?: boolean;
}

interface Target {
  readonly name: string;
  readonly path: string;
  readonly entry?: D4rlEntry;
}

/** `understudy dataset verify`. */
export function addVerifyCommand(dataset: Command, context: CommandContext): void {
  dataset
    .command('verify [names...]')
    .description('check fetched datasets, or files: whole, of the right environment, with the right SHA-256')
    .option('--dir <directory>', 'where fetched files are; $D4RL_DATASET_DIR or ~/.d4rl/datasets by default')
    .option('--json', 'print a JSON array')
    .action((names: string[], flags: VerifyFlags) => verifyDatasets(names, flags, context));
}

async function verifyDatasets(names: readonly string[], flags: VerifyFlags, context: CommandContext): Promise<void> {
  const { d4rlDirectory, verifyD4rl } = await import('@understudy/d4rl');
  const directory = flags.dir ?? d4rlDirectory();
  const targets = await targetsOf(names, directory);
  if (targets.length === 0) throw new InputError(`There are no datasets of D4RL in ${directory}, so name a file.`);
  const results: ({ name: string } & (VerifiedFile | { error: string }))[] = [];
  for (const { name, path, entry } of targets) {
    try {
      const file = await verifyD4rl(path, { entry });
      results.push({ name, ...file });
      if (!flags.json) context.print(describe(name, file));
    } catch (error) {
      if (!isInputError(error)) throw error;
      results.push({ name, error: error.message });
      if (!flags.json) context.print(`${name}: ${error.message}`);
    }
  }
  if (flags.json) context.print(JSON.stringify(results));
  const wrong = results.filter((result) => 'error' in result);
  if (wrong.length > 0)
    throw new InputError(`${wrong.length} of ${results.length} files are not right, as told above.`);
}

/** Names of datasets and of files; all that are there when none is given. */
async function targetsOf(names: readonly string[], directory: string): Promise<Target[]> {
  const { d4rlCatalogue, d4rlEntry, d4rlPath, localD4rl } = await import('@understudy/d4rl');
  const named = (entry: D4rlEntry) => ({ name: entry.name, path: d4rlPath(entry, directory), entry });
  if (names.length === 0) return localD4rl(directory).map(named);
  return names.map((name) => {
    if (d4rlCatalogue().has(name) || !/[./\\]/.test(name)) return named(d4rlEntry(name));
    if (!existsSync(name)) throw new InputError(`${name} does not exist, so check the path.`);
    const entry = [...d4rlCatalogue().values()].find(({ path }) => basename(path) === basename(name));
    return { name: basename(name), path: name, entry };
  });
}
