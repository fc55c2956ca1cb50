import { createHash } from 'node:crypto';
import { createReadStream, existsSync, readFileSync } from 'node:fs';
import { pipeline } from 'node:stream/promises';
import { writeFileAtomically } from '@understudy/training';
import { z } from 'zod';
import { returnDistributionSchema } from './return-distribution.ts';

const recipeFileSchema = z.object({
  format: z.literal('understudy-recipe'),
  version: z.literal(1),
  /** What `understudy dataset make` calls it. */
  name: z.string(),
  seed: z.number().int(),
  /** How the recipe was varied, and what it was made with. */
  options: z.record(z.string(), z.unknown()),
  transitions: z.number().int(),
  /** Absent where no episode is whole. */
  returns: returnDistributionSchema.optional(),
  /** A hash of everything that the dataset is made of and of how much was asked for. */
  identity: z.string(),
  /** Of the dataset. */
  sha256: z.string(),
});

/** How a dataset was made: enough to make it again. */
export type RecipeFile = z.infer<typeof recipeFileSchema>;

/** Where it stands: `maze.hdf5` has `maze.recipe.json`. */
export function recipePath(dataset: string): string {
  return `${dataset.replace(/\.(hdf5|h5|safetensors)$/i, '')}.recipe.json`;
}

/** Writes it beside the dataset, which has to be there. */
export async function writeRecipeFile(
  dataset: string,
  made: Omit<RecipeFile, 'format' | 'version' | 'sha256'>,
): Promise<RecipeFile> {
  const whole: RecipeFile = { format: 'understudy-recipe', version: 1, ...made, sha256: await hashFile(dataset) };
  writeFileAtomically(recipePath(dataset), `${JSON.stringify(whole, null, 2)}\n`);
  return whole;
}

/** What stands beside a dataset if both are there, whole, and of this identity. */
export async function finishedRecipe(dataset: string, identity: string): Promise<RecipeFile | undefined> {
  const path = recipePath(dataset);
  if (!existsSync(path) || !existsSync(dataset)) return undefined;
  const made = parseRecipe(readFileSync(path, 'utf8'));
  if (made?.identity !== identity) return undefined;
  return (await hashFile(dataset)) === made.sha256 ? made : undefined;
}

/** A short name of anything that JSON can hold, the same for the same content. */
export function hashOf(value: unknown): string {
  return createHash('sha256').update(JSON.stringify(value)).digest('hex');
}

async function hashFile(path: string): Promise<string> {
  const hash = createHash('sha256');
  await pipeline(createReadStream(path), hash);
  return hash.digest('hex');
}

function parseRecipe(text: string): RecipeFile | undefined {
  try {
    return recipeFileSchema.parse(JSON.parse(text));
  } catch {
    return undefined;
  }
}
