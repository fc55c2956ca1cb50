/** One piece of work on a dataset in a process of its own, whose memory is told at the end. */
import { convert, type Format } from '@understudy/convert';
import { FileSampler, indexEpisodes, inspectD4rl, openD4rl } from '@understudy/d4rl';
import { isInputError } from '@understudy/errors';

/** What the process does, as JSON in its one argument. */
export type DatasetTask =
  | { readonly work: 'inspect' | 'index' | 'sample'; readonly input: string }
  | {
      readonly work: 'convert';
      readonly input: string;
      readonly output: string;
      readonly from: Format;
      readonly to: Format;
    };

/** What it tells at the end. */
export interface DatasetWorkFigures {
  readonly seconds: number;
  readonly peakBytes: number;
}

/** Or why it could not: a full disk, say. */
export interface DatasetWorkRefusal {
  readonly refusal: string;
}

const task = JSON.parse(process.argv[2]) as DatasetTask;
const start = performance.now();
try {
  await perform(task);
  const seconds = (performance.now() - start) / 1000;
  process.send!({ seconds, peakBytes: process.resourceUsage().maxRSS * 1024 } satisfies DatasetWorkFigures);
} catch (error) {
  if (!isInputError(error)) throw error;
  process.send!({ refusal: error.message } satisfies DatasetWorkRefusal);
}

async function perform(task: DatasetTask): Promise<unknown> {
  const { input } = task;
  switch (task.work) {
    case 'inspect':
      return inspectD4rl(input);
    case 'index':
      return indexEpisodes(input, { cache: false });
    case 'sample':
      return sample(input);
    case 'convert':
      return convert(input, task.output, { from: task.from, to: task.to, lossy: true });
  }
}

/** An epoch of batches from less memory than the file takes. */
async function sample(path: string): Promise<void> {
  const file = await openD4rl(path);
  const sampler = await FileSampler.create(file, { memoryBytes: 2 ** 26 });
  const batch = sampler.createBatch(256);
  for (let drawn = 0; drawn < sampler.count; drawn += batch.size) await sampler.sample(batch);
  file.close();
}
