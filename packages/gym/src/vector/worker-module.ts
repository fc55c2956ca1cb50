import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { InputError } from '@understudy/errors';

/**
 * The URL by which a worker thread imports a module. Workers run in plain Node, without the loader or the export
 * conditions of a test runner, so a TypeScript source stands for its package, whose built form the worker gets.
 *
 * @param module - A file URL, or a package's name as seen from the working directory or from this package.
 * @throws InputError when no such package is installed, or a source has no built form.
 */
export function workerModuleUrl(module: string): string {
  const url = module.startsWith('file:') ? module : resolvePackage(module);
  if (!url.endsWith('.ts')) return url;
  const built = builtModule(url, '.');
  if (built) return built;
  throw new InputError(`Worker threads can't import ${url}; give a package that is built, or a JavaScript file.`);
}

/** The file that worker threads run. */
export function workerEntry(): URL {
  const url = pathToFileURL(createRequire(import.meta.url).resolve('@understudy/gym/vector-worker')).href;
  const entry = url.endsWith('.ts') ? builtModule(url, './vector-worker') : url;
  if (entry) return new URL(entry);
  throw new InputError('The worker of @understudy/gym is not built; run npm run build first.');
}

function resolvePackage(name: string): string {
  for (const from of [pathToFileURL(join(process.cwd(), 'package.json')), import.meta.url]) {
    try {
      return pathToFileURL(createRequire(from).resolve(name)).href;
    } catch {
      // Not installed there; the next place may have it.
    }
  }
  throw new InputError(`The module ${name} can't be found from ${process.cwd()}; give its file URL.`);
}

/** What the package around a source exports under `subpath` when it is built. */
function builtModule(source: string, subpath: string): string | undefined {
  for (let folder = new URL('.', source); ; folder = new URL('..', folder)) {
    const manifest = new URL('package.json', folder);
    if (existsSync(manifest)) {
      const { exports } = JSON.parse(readFileSync(manifest, 'utf8'));
      const built = exports?.[subpath]?.default && new URL(exports[subpath].default, folder);
      return built && existsSync(fileURLToPath(built)) ? built.href : undefined;
    }
    if (folder.pathname === new URL('..', folder).pathname) return undefined;
  }
}
