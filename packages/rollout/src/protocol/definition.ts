import { z } from 'zod';
import type { Dtype, DtypeArrays } from './dtypes.ts';

/** What an array of a message must be. */
export interface ArrayRule {
  readonly dtype: Dtype;
  /** The numbers of dimensions that are allowed. */
  readonly rank: readonly number[];
  readonly optional?: boolean;
}

/**
 * The arrays of a message by name; `any` where the body says which are to be expected. `info/*` stands for every name that
 * begins with `info/`; such arrays are optional.
 */
export type ArrayRules = 'any' | Readonly<Record<string, ArrayRule>>;

/** Whether a part of the header has to be there. */
export type Presence = 'required' | 'optional' | 'absent';

/** One type of message. */
export interface MessageDefinition {
  readonly body: z.ZodType;
  readonly arrays: ArrayRules;
  /** The request number `q`. */
  readonly request: Presence;
  /** The session `s`. */
  readonly session: Presence;
}

/** An array of a message as its rule has it. */
type ArrayOf<R extends ArrayRule> = {
  readonly dtype: R['dtype'];
  readonly shape: readonly number[];
  readonly data: DtypeArrays[R['dtype']];
};

/** The names that a rule is for. */
type NamesOf<K> = K extends `${infer Group}/*` ? `${Group}/${string}` : K;

/** The arrays of a message as its rules have them. */
export type ArraysOf<R extends ArrayRules> = R extends 'any'
  ? Record<string, { [D in Dtype]: { dtype: D; shape: readonly number[]; data: DtypeArrays[D] } }[Dtype]>
  : R extends Readonly<Record<string, ArrayRule>>
    ? { [K in keyof R as R[K] extends { optional: true } ? never : K]: ArrayOf<R[K]> } & {
        [K in keyof R as R[K] extends { optional: true } ? NamesOf<K> : never]?: ArrayOf<R[K]>;
      }
    : never;

/** The body of messages that say nothing more. */
export const emptyBody = z.strictObject({});

/** A whole number from 0. */
export const count = z.int().min(0);

/** A short text that a person may read. */
export const text = (length: number) => z.string().max(length);

/** A name: an environment's id, a run, a model. */
export const name = z.string().min(1).max(256);

/** Plain data; the header's limits bound its depth and size. */
export const plainRecord = z.record(z.string().max(256), z.unknown());
