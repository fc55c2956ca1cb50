/**
 * The URL of a built file of this package, for worker threads: they run in plain Node, without a test runner's loader.
 *
 * @param from - `import.meta.url` of a module one folder below `src` or `dist`.
 * @param file - Its path below `dist`.
 */
export function builtFile(from: string, file: string): URL {
  return new URL(from.endsWith('.ts') ? `../../dist/${file}` : `../${file}`, from);
}
