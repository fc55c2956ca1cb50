import { createHash } from 'node:crypto';
import { createReadStream, existsSync, readFileSync } from 'node:fs';
import { pipeline } from 'node:stream/promises';
import { InputError } from '@understudy/errors';
import { writeFileAtomically } from '@understudy/training';
import { z } from 'zod';
import { episodeRecordSchema } from './episode-store.ts';

const modesSchema = z.object({
  format: z.literal('understudy-modes'),
  version: z.literal(1),
  /** The dataset's environment. */
  environment: z.string(),
  /** Where the experts come from, in words. */
  source: z.string(),
  algorithm: z.string(),
  /** Modes in words, by index; empty where they can't be counted. */
  labels: z.array(z.string()),
  /** In the order of the dataset; the last may be cut off there, its length and return then are those before the cut. */
  episodes: z.array(episodeRecordSchema),
  /** Transitions in the dataset. */
  transitions: z.number().int(),
  /** A hash of everything that the dataset was made of and of how much was asked for. */
  identity: z.string(),
  /** Of the dataset file, so that a file of another recording is told from it. */
  sha256: z.string(),
});

/** What a dataset of experts hides: the mode of every episode, in a file of its own. */
export type ModesFile = z.infer<typeof modesSchema>;

/** Where the modes of a dataset stand: `demos.hdf5` has `demos.modes.json`. */
export function modesPath(dataset: string): string {
  return `${dataset.replace(/\.(hdf5|h5)$/i, '')}.modes.json`;
}

/** Writes the modes of a dataset beside it. */
export function writeModes(dataset: string, modes: ModesFile): void {
  writeFileAtomically(modesPath(dataset), `${JSON.stringify(modes)}\n`);
}

/**
 * Reads the modes of a dataset's episodes: for judging imitators, never for training them.
 *
 * @throws InputError when there are none, they are damaged, or the dataset is another one by now.
 */
export async function readModes(dataset: string): Promise<ModesFile> {
  const path = modesPath(dataset);
  const modes = parseModes(path);
  if (!modes) throw new InputError(`${path} is missing or damaged; make the dataset again by understudy expert.`);
  if ((await hashFile(dataset)) === modes.sha256) return modes;
  throw new InputError(`${path} tells the modes of another recording than ${dataset} holds; make the dataset again.`);
}

/** The modes beside a dataset if both are there, whole, and of this identity. */
export async function finishedModes(dataset: string, identity: string): Promise<ModesFile | undefined> {
  const modes = parseModes(modesPath(dataset));
  if (modes?.identity !== identity || !existsSync(dataset)) return undefined;
  return (await hashFile(dataset)) === modes.sha256 ? modes : undefined;
}

/** SHA-256 of a file, in hexadecimal. */
export async function hashFile(path: string): Promise<string> {
  if (!existsSync(path)) throw new InputError(`${path} does not exist; check the path.`);
  const hash = createHash('sha256');
  await pipeline(createReadStream(path), hash);
  return hash.digest('hex');
}

function parseModes(path: string): ModesFile | undefined {
  if (!existsSync(path)) return undefined;
  try {
    return modesSchema.parse(JSON.parse(readFileSync(path, 'utf8')));
  } catch {
    return undefined;
  }
}
