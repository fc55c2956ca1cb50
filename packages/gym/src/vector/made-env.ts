import type { Env } from '../env.ts';
import { ActionCheck } from '../wrappers/action-check.ts';
import { OrderEnforcing } from '../wrappers/order-enforcing.ts';
import { TimeLimit } from '../wrappers/time-limit.ts';

/**
 * An environment as `make` made it, taken apart. Its wrappers' work at a step is so little that three calls a step cost
 * more than a small environment's own step; a vector environment, which has checked the actions and knows which episodes
 * run, counts the steps itself and calls the bare environment. Everything but steps goes through the wrappers.
 */
export interface MadeEnv {
  readonly order: OrderEnforcing<unknown, unknown>;
  readonly limit: TimeLimit<unknown, unknown> | undefined;
  readonly bare: Env<unknown, unknown>;
}

/** Takes an environment apart; undefined unless it wears exactly what `make` puts on, and can `stepInto`. */
export function takeApart(env: Env<unknown, unknown>): MadeEnv | undefined {
  if (!isExactly(env, OrderEnforcing)) return undefined;
  const limit = isExactly(env.env, TimeLimit) ? env.env : undefined;
  const check = limit ? limit.env : env.env;
  if (!isExactly(check, ActionCheck) || !check.env.stepInto) return undefined;
  return { order: env, limit, bare: check.env };
}

type WrapperClass<W> = abstract new (env: Env<unknown, unknown>, ...rest: never[]) => W;

/** A subclass may do more than its base, so it doesn't count. */
function isExactly<W extends object>(env: object, type: WrapperClass<W>): env is W {
  return Object.getPrototypeOf(env) === type.prototype;
}
