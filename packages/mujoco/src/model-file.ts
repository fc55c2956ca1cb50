import { readFileSync } from 'node:fs';
import path from 'node:path';
import { InputError } from '@understudy/errors';

/** A model as its author wrote it, with the files that it names. */
export interface ModelFile {
  xml: string;
  /** Meshes, height fields, textures and included files, by their path relative to the model. */
  assets: Record<string, Uint8Array>;
}

/**
 * Reads an MJCF file and the files it names in `file="..."`, those of included files too.
 *
 * @throws InputError if the file can't be read. A missing asset is left to MuJoCo, which names it.
 */
export function readModelFile(file: string): ModelFile {
  let xml: string;
  try {
    xml = readFileSync(file, 'utf8');
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    throw new InputError(`xmlFile "${file}" can't be read (${code}); give the path of an MJCF file`, { cause: error });
  }
  const assets: ModelFile['assets'] = {};
  const pending = [xml];
  for (let text = pending.pop(); text !== undefined; text = pending.pop()) {
    const folders = ['', ...matches(text, /\b(?:meshdir|texturedir|assetdir)\s*=\s*["']([^"']*)["']/g)];
    for (const name of matches(text, /\bfile\s*=\s*["']([^"']+)["']/g)) {
      for (const relative of folders.map((folder) => path.posix.join(folder, name))) {
        const bytes = relative in assets ? undefined : readIfThere(path.resolve(path.dirname(file), relative));
        if (!bytes) continue;
        assets[relative] = bytes;
        if (relative.endsWith('.xml')) pending.push(new TextDecoder().decode(bytes));
      }
    }
  }
  return { xml, assets };
}

function matches(text: string, pattern: RegExp): string[] {
  return [...text.matchAll(pattern)].map((match) => match[1]);
}

function readIfThere(file: string): Uint8Array | undefined {
  try {
    return readFileSync(file);
  } catch {
    return undefined;
  }
}
