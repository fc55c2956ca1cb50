import { createRequire } from 'node:module';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

/**
 * Where optional packages are looked for: beside this package, then in the project that the process runs in, then in
 * the directory that the environment variable UNDERSTUDY_TENSOR_PACKAGES names, one or several as in PATH.
 */
function requirers(): NodeJS.Require[] {
  const separator = process.platform === 'win32' ? ';' : ':';
  const named = (process.env.UNDERSTUDY_TENSOR_PACKAGES ?? '').split(separator).filter((path) => path !== '');
  const directories = [process.cwd(), ...named];
  return [import.meta.url, ...directories.map((path) => pathToFileURL(join(path, 'package.json')))].map((base) =>
    createRequire(base),
  );
}

/** The file that an optional package's name stands for, or undefined when it isn't installed. */
export function findOptionalPackage(name: string): string | undefined {
  for (const require of requirers()) {
    try {
      return require.resolve(name);
    } catch {}
  }
  return undefined;
}

/** Imports the file of an optional package. */
export async function importOptionalPackage(file: string): Promise<Record<string, unknown>> {
  return (await import(pathToFileURL(file).href)) as Record<string, unknown>;
}

/** The first line of an error, without the full stop: a phrase for a sentence. */
export function phraseOf(error: unknown): string {
  const text = error instanceof Error ? error.message : String(error);
  return text.trim().split('\n')[0].replace(/\.$/, '');
}
