import type { Env } from '../env.ts';
import { type MakeOptions, make } from '../registry.ts';

/** Makes copies of an environment. @throws as `make` does. */
export function makeAll(id: string, count: number, options?: MakeOptions): Promise<Env<unknown, unknown>[]> {
  return Promise.all(Array.from({ length: count }, () => make<unknown, unknown>(id, options)));
}
