/** One piece of work on a dataset in a process of its own, whose memory is told at the end. */
import { convert } from '@understudy/convert';
import { FileSampler, indexEpisodes, inspectD4rl, openD4rl } from '@understudy/d4rl';

/** What the process does with a file. */
export type DatasetWork = 'inspect' | 'index' | 'sample' | 'convert';

/** What it tells at the end. */
export interface DatasetWorkFigures {
  readonly seconds: number;
  readonly peakBytes: number;
}

const [work, path] = process.argv.slice(2) as [DatasetWork, string];
const start = performance.now();
if (work === 'inspect') await inspectD4rl(path);
else if (work === 'index') await indexEpisodes(path, { cache: false });
else if (work === 'convert') await convert(path, `${path}.parquet`);
else await sample();
const seconds = (performance.now() - start) / 1000;
process.send!({ seconds, peakBytes: process.resourceUsage().maxRSS * 1024 } satisfies DatasetWorkFigures);

/** An epoch of batches from less memory than the file takes. */
async function sample(): Promise<void> {
  const file = await openD4rl(path);
  const sampler = await FileSampler.create(file, { memoryBytes: 2 ** 26 });
  const batch = sampler.createBatch(256);
  for (let drawn = 0; drawn < sampler.count; drawn += batch.size) await sampler.sample(batch);
  file.close();
}
