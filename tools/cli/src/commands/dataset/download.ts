import type { DownloadedFile } from '@understudy/d4rl';
import type { Command } from 'commander';
import type { CommandContext } from '../../context.ts';
import { Interrupted } from '../../error-policy.ts';
import { formatCount, formatFigure } from '../../format.ts';
import type { ProgressReporter } from '../../progress.ts';
import { positiveNumber, wholeNumber } from '../../values.ts';
import { collectNames } from './collect-names.ts';
import { entriesOf } from './list.ts';

interface DownloadFlags {
  dir?: string;
  baseUrl?: string;
  mirror?: string[];
  timeout: number;
  retries: number;
  json?: boolean;
}

/** `understudy dataset download`. */
export function addDownloadCommand(dataset: Command, context: CommandContext): void {
  dataset
    .command('download <names...>')
    .description(
      'fetch datasets of D4RL; what was stopped goes on, and what arrived is checked before it gets its name',
    )
    .option('--dir <directory>', 'where to keep files; $D4RL_DATASET_DIR or ~/.d4rl/datasets by default')
    .option('--base-url <url>', "fetch from here instead of D4RL's own server; its directories are expected below")
    .option('--mirror <url>', 'a server to try next; may be repeated, in this order', collectNames)
    .option('--timeout <seconds>', 'give a server up when nothing arrives for so long', positiveNumber('--timeout'), 60)
    .option('--retries <n>', 'attempts in a row that bring nothing', wholeNumber('--retries', 0), 5)
    .option('--json', 'print a JSON array')
    .action((names: string[], flags: DownloadFlags) => downloadDatasets(names, flags, context));
}

async function downloadDatasets(
  names: readonly string[],
  flags: DownloadFlags,
  context: CommandContext,
): Promise<void> {
  const { d4rlBaseUrl, downloadD4rl } = await import('@understudy/d4rl');
  await entriesOf(names);
  const { dir: directory, baseUrl, mirror = [], timeout, retries, json } = flags;
  const own = baseUrl === undefined ? [d4rlBaseUrl.replace('http:', 'https:'), d4rlBaseUrl] : [baseUrl];
  const signal = context.interruption();
  const files: DownloadedFile[] = [];
  for (const name of names) {
    const progress = followDownload(name, context);
    try {
      const file = await downloadD4rl(name, {
        directory,
        baseUrls: [...own, ...mirror],
        signal,
        attempts: retries,
        idleSeconds: timeout,
        onProgress: progress.update,
        onRetry: (reason) => context.note(`${name}: ${reason}; trying again.`),
      });
      progress.stop();
      files.push(file);
      if (!json) context.print(describe(name, file));
    } catch (error) {
      progress.stop();
      if (!signal.aborted) throw error;
      throw new Interrupted(`Stopped; the same command goes on with ${name} from here.`);
    }
  }
  if (json) context.print(JSON.stringify(names.map((name, i) => ({ name, ...files[i] }))));
}

const against = {
  published: 'the published one',
  recorded: 'the recorded one',
  'first-seen': 'recorded now, at first sight',
} as const;

/** What is told of a file that was found right. */
export function describe(name: string, file: Omit<DownloadedFile, 'fetched'> & { fetched?: boolean }): string {
  const found = file.fetched === false ? ' was there already:' : ':';
  const size = `${formatCount(file.transitions)} transitions, ${formatFigure(file.bytes / 1e6)} MB`;
  return `${name}${found} ${file.path}, ${size}, SHA-256 ${file.sha256} (${against[file.against]})`;
}

/** A bar that begins with the first bytes, since what is there already needs none. */
function followDownload(label: string, context: CommandContext) {
  let bar: ProgressReporter | undefined;
  return {
    update(received: number, total: number) {
      bar ??= context.startProgress({ label, total: total / 1e6, unit: 'MB', done: received / 1e6 });
      bar.update(received / 1e6);
    },
    stop: () => bar?.stop(),
  };
}
