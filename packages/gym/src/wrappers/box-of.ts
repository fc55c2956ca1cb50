import { InputError } from '@understudy/errors';
import type { Space } from '../space.ts';
import type { Box, BoxArrays, BoxDtype } from '../spaces/box.ts';

/**
 * The space as a {@link Box}.
 *
 * @param wrapper - Who needs one, for the message.
 * @throws InputError when the space is of another kind.
 */
export function boxOf<T extends BoxArrays[BoxDtype]>(space: Space<T>, wrapper: string): Box<T> {
  if (space.kind === 'box') return space as Box<T>;
  throw new InputError(`${wrapper} needs a Box space, got ${space}.`);
}
