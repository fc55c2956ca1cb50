import type { z } from 'zod';

/** One field of an algorithm's configuration, for help texts. */
export interface ConfigSetting {
  readonly name: string;
  /** A sentence or two. */
  readonly description: string;
  /** Undefined where the caller has to say. */
  readonly default: unknown;
}

/**
 * Lists the fields of a configuration.
 *
 * @param schema - An object schema whose fields are described by `.describe`, each after its default.
 * @throws Error when a field has no description.
 */
export function listSettings(schema: z.ZodObject): readonly ConfigSetting[] {
  return Object.entries(schema.shape).map(([name, field]) => {
    const type = field as z.ZodType;
    if (!type.description) throw new Error(`The setting ${name} has no description; give it one by describe().`);
    return { name, description: type.description, default: type.safeParse(undefined).data };
  });
}
