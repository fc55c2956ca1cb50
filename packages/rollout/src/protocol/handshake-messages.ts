import { z } from 'zod';
import { count, emptyBody, type MessageDefinition, text } from './definition.ts';
import { errorCodes } from './protocol-error.ts';

export const services = ['environments', 'rollout', 'inference'] as const;

/** What a peer offers or asks for. */
export type Service = (typeof services)[number];

const versions = z.array(count).min(1).max(16);

/** Messages of all services: greeting, signs of life, refusals, farewell. */
export const handshakeMessages = {
  hello: {
    body: z.strictObject({ versions, service: z.enum(services), software: text(128) }),
    arrays: {},
    request: 'required',
    session: 'absent',
  },
  welcome: {
    body: z.strictObject({
      version: count,
      service: z.enum(services),
      software: text(128),
      limits: z.strictObject({ headerBytes: count, messageBytes: count }),
      heartbeatSeconds: z.number().positive(),
      leaseSeconds: z.number().positive(),
    }),
    arrays: {},
    request: 'required',
    session: 'absent',
  },
  error: {
    body: z.strictObject({ code: z.enum(errorCodes), message: text(4096), versions: versions.optional() }),
    arrays: {},
    request: 'optional',
    session: 'optional',
  },
  ping: { body: emptyBody, arrays: {}, request: 'required', session: 'optional' },
  pong: { body: emptyBody, arrays: {}, request: 'required', session: 'optional' },
  bye: { body: z.strictObject({ reason: text(1024) }), arrays: {}, request: 'absent', session: 'absent' },
} as const satisfies Record<string, MessageDefinition>;
