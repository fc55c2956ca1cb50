import { z } from 'zod';
import { count, type MessageDefinition, name, plainRecord } from './definition.ts';

/** Messages of the service `inference`. */
export const inferenceMessages = {
  /** A model's network and weights; `spec` says what the arrays are. A model's last few versions are kept. */
  publish: {
    body: z.strictObject({ model: name, version: count, spec: plainRecord }),
    arrays: 'any',
    request: 'required',
    session: 'absent',
  },
  published: {
    body: z.strictObject({ model: name, version: count }),
    arrays: {},
    request: 'required',
    session: 'absent',
  },
  /** Of the newest version, or of exactly the one that is named. */
  infer: {
    body: z.strictObject({ model: name, version: count.optional() }),
    /** `[n, observation]` */
    arrays: { observations: { dtype: 'f32', rank: [2] } },
    request: 'required',
    session: 'absent',
  },
  inferred: {
    body: z.strictObject({ model: name, version: count }),
    /** `[n, output]`, what the network gives for each observation. */
    arrays: { outputs: { dtype: 'f32', rank: [2] } },
    request: 'required',
    session: 'absent',
  },
} as const satisfies Record<string, MessageDefinition>;
