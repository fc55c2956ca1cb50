import { InputError, nearestNames } from '@understudy/errors';
import type { D4rlFix } from '../catalogue/faults.ts';
import { antmazeTimeouts } from './antmaze-timeouts.ts';
import type { ColumnFix } from './fix.ts';
import { maze2dRewards } from './maze2d-rewards.ts';

const fixes: Readonly<Record<D4rlFix, ColumnFix>> = {
  'maze2d-rewards': maze2dRewards,
  'antmaze-timeouts': antmazeTimeouts,
};

/** Names of all fixes. */
export const d4rlFixes = Object.keys(fixes) as readonly D4rlFix[];

/** @throws InputError when there is no fix of that name; it offers the nearest ones. */
export function findFix(name: string): ColumnFix {
  if (Object.hasOwn(fixes, name)) return fixes[name as D4rlFix];
  const near = nearestNames(name, d4rlFixes);
  throw new InputError(`There is no fix "${name}", so use ${(near.length > 0 ? near : d4rlFixes).join(' or ')}.`);
}
