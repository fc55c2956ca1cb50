import type { z } from 'zod';
import type { ArraysOf } from './definition.ts';
import { environmentMessages } from './environment-messages.ts';
import { handshakeMessages } from './handshake-messages.ts';
import { inferenceMessages } from './inference-messages.ts';
import { rolloutMessages } from './rollout-messages.ts';

/** Every type of message of version 1, by its name in the header. */
export const messageDefinitions = {
  ...handshakeMessages,
  ...environmentMessages,
  ...rolloutMessages,
  ...inferenceMessages,
} as const;

type Definitions = typeof messageDefinitions;
export type MessageType = keyof Definitions;

/** The body of a type of message. */
export type Body<T extends MessageType> = z.output<Definitions[T]['body']>;

/** The arrays of a type of message. */
export type Arrays<T extends MessageType> = ArraysOf<Definitions[T]['arrays']>;

/** A message of one type. */
export interface Message<T extends MessageType = MessageType> {
  readonly type: T;
  /** `q`: the number of the request that this is, or answers. */
  readonly request?: number;
  /** `s`: the session that it belongs to. */
  readonly session?: string;
  readonly body: Body<T>;
  readonly arrays: Arrays<T>;
}

/** A message of any type, or of one of `T`; `type` tells which. */
export type AnyMessage<T extends MessageType = MessageType> = { [K in T]: Message<K> }[T];
