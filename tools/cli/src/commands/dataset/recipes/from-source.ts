import type { SegmentSource } from '@understudy/generate';
import type { CommandContext } from '../../../context.ts';
import type { MadeDataset, MakeRequest } from './recipe.ts';

/**
 * Makes a dataset of pieces, with progress.
 *
 * @param metadata - Of the file.
 * @param parts - What the bytes depend on beside the settings: hashes of policies, say.
 */
export async function makeFromSource(
  name: string,
  source: SegmentSource,
  transitions: number | undefined,
  metadata: Readonly<Record<string, string | number | boolean>>,
  { file, directory, seed, settings, signal }: MakeRequest,
  context: CommandContext,
  parts: Readonly<Record<string, unknown>> = {},
): Promise<MadeDataset | undefined> {
  const { makeDataset } = await import('@understudy/generate');
  const progress = context.startProgress({ label: 'make', total: transitions ?? 1, unit: 'transitions' });
  const options = { ...settings, ...parts };
  const making = { name, file, directory, seed, transitions, options, metadata, signal };
  const made = await makeDataset(source, { ...making, onProgress: (rows) => progress.update(rows) });
  progress.stop();
  return made && { transitions: made.transitions, returns: made.returns };
}
