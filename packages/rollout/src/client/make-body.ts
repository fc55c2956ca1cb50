import { InputError } from '@understudy/errors';
import type { Body } from '../protocol/messages.ts';
import type { RemoteVectorOptions } from './client-options.ts';

/** What a client asks a server to make. @throws InputError for counts that are no whole numbers. */
export function makeBody(id: string, options: RemoteVectorOptions): Body<'make'> {
  const { count = 1, autoresetMode = 'next-step', infos = true, stepInfos = false } = options;
  if (!Number.isSafeInteger(count) || count < 1) {
    throw new InputError(`count is ${count}, expected a whole number from 1.`);
  }
  return { id, count, options: options.options ?? {}, autoresetMode, infos, ...(stepInfos && { stepInfos }) };
}
