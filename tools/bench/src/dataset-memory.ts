import { fork } from 'node:child_process';
import { once } from 'node:events';
import { rmSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type Format, formatNames } from '@understudy/convert';
import { InputError } from '@understudy/errors';
import type { DatasetTask, DatasetWorkFigures, DatasetWorkRefusal } from './dataset-process.ts';
import { writeRecording } from './dataset-recording.ts';

/** One step of the measurement: what is done, and the files that nobody needs after it. */
export interface PlannedWork {
  /** As the table shows it: `inspect`, `d4rl to parquet`. */
  readonly name: string;
  readonly task: DatasetTask;
  readonly leftovers: readonly string[];
}

/** What a step took. */
export interface WorkMemory {
  readonly name: string;
  readonly seconds: number;
  /** Peak resident memory of a process that did nothing else. */
  readonly peakBytes: number;
}

/**
 * What is done with a large D4RL file: inspection, the index, an epoch of batches, and conversions to each format and
 * from there back to D4RL.
 *
 * @param formats - Default all of them; D4RL itself is converted once, to D4RL.
 */
export function planLargeWorks(path: string, formats: readonly Format[] = formatNames): PlannedWork[] {
  const alone = (['inspect', 'index', 'sample'] as const).map((work) => ({
    name: work,
    task: { work, input: path },
    leftovers: [],
  }));
  const conversions = formats.flatMap((format): PlannedWork[] => {
    // A name that Minari takes too; formats are named, so the others need no ending.
    const there = join(dirname(path), `${format}-v0`);
    const to: PlannedWork = {
      name: `d4rl to ${format}`,
      task: { work: 'convert', input: path, output: there, from: 'd4rl', to: format },
      leftovers: format === 'd4rl' ? [there] : [],
    };
    if (format === 'd4rl') return [to];
    const back = `${there}.back`;
    const task: DatasetTask = { work: 'convert', input: there, output: back, from: format, to: 'd4rl' };
    return [to, { name: `${format} to d4rl`, task, leftovers: [there, back] }];
  });
  return [...alone, ...conversions];
}

/** Writes a float64 recording of so many rows. @returns Its bytes. */
export function writeLargeFile(path: string, rows: number): number {
  writeRecording(path, rows, 'float64');
  return statSync(path).size;
}

/**
 * Does one step in a process of its own, so that the peak is that work's alone; it runs what is built.
 *
 * @param signal - Ends the process.
 * @throws InputError when the work is refused: the disk is full, say.
 */
export async function workAlone({ name, task, leftovers }: PlannedWork, signal?: AbortSignal): Promise<WorkMemory> {
  signal?.throwIfAborted();
  const source = import.meta.url.endsWith('.ts');
  const file = new URL(source ? '../dist/dataset-process.js' : './dataset-process.js', import.meta.url);
  const child = fork(fileURLToPath(file), [JSON.stringify(task)], { execArgv: [], signal });
  const ended = once(child, 'exit').then(([status]) => {
    signal?.throwIfAborted();
    throw new Error(`The process for "${name}" ended with status ${status}.`);
  });
  ended.catch(() => {});
  try {
    const [told] = (await Promise.race([once(child, 'message'), ended])) as [DatasetWorkFigures | DatasetWorkRefusal];
    if ('refusal' in told) throw new InputError(told.refusal);
    return { name, ...told };
  } finally {
    for (const path of leftovers) rmSync(path, { recursive: true, force: true });
  }
}
