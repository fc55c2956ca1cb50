import { InputError } from '@understudy/errors';
import {
  Box,
  type BoxArrays,
  type BoxDtype,
  Dict,
  Discrete,
  MultiBinary,
  MultiDiscrete,
  type Space,
  Tuple,
} from '@understudy/gym';
import { z } from 'zod';

/** Dimensions times lengths that a described space may have. */
const MAX_FLAT_SIZE = 2 ** 24;

const length = z.int().min(1).max(MAX_FLAT_SIZE);
const whole = z.int();
/** A bound for all numbers, or one for each; null where there is none. */
const bound = z.union([z.number().nullable(), z.array(z.number().nullable()).max(MAX_FLAT_SIZE)]);
const boxDtypes = ['float32', 'float64', 'int8', 'int16', 'int32', 'uint8', 'uint16', 'uint32'] as const;

/** A space as it goes over the wire: Gymnasium's arguments, JSON only. */
export type SpaceDescription =
  | { kind: 'box'; dtype: BoxDtype; shape: number[]; low: Bound; high: Bound }
  | { kind: 'discrete'; n: number; start: number }
  | { kind: 'multi-discrete'; nvec: number[]; start: number[] }
  | { kind: 'multi-binary'; shape: number[] }
  | { kind: 'dict'; spaces: Record<string, SpaceDescription> }
  | { kind: 'tuple'; spaces: SpaceDescription[] };

type Bound = number | null | (number | null)[];

export const spaceDescription: z.ZodType<SpaceDescription> = z.lazy(() =>
  z.discriminatedUnion('kind', [
    z.strictObject({
      kind: z.literal('box'),
      dtype: z.enum(boxDtypes),
      shape: z.array(z.int().min(0).max(MAX_FLAT_SIZE)).max(8),
      low: bound,
      high: bound,
    }),
    z.strictObject({ kind: z.literal('discrete'), n: length, start: whole }),
    z.strictObject({
      kind: z.literal('multi-discrete'),
      nvec: z.array(length).min(1).max(65_536),
      start: z.array(whole).min(1).max(65_536),
    }),
    z.strictObject({ kind: z.literal('multi-binary'), shape: z.array(length).min(1).max(8) }),
    z.strictObject({ kind: z.literal('dict'), spaces: z.record(z.string().max(256), spaceDescription) }),
    z.strictObject({ kind: z.literal('tuple'), spaces: z.array(spaceDescription).max(1024) }),
  ]),
);

/**
 * A space in words that {@link createSpace} understands.
 *
 * @throws InputError for a space that is none of Gymnasium's.
 */
export function describeSpace(space: Space): SpaceDescription {
  // By kind, not by class: an environment may come from another copy of the package.
  switch (space.kind) {
    case 'box': {
      const { dtype, shape, low, high } = space as Box<BoxArrays[BoxDtype]>;
      return { kind: 'box', dtype, shape: [...shape], low: describeBound(low), high: describeBound(high) };
    }
    case 'discrete': {
      const { n, start } = space as unknown as Discrete;
      return { kind: 'discrete', n, start };
    }
    case 'multi-discrete': {
      const { nvec, start } = space as MultiDiscrete;
      return { kind: 'multi-discrete', nvec: [...nvec], start: [...start] };
    }
    case 'multi-binary':
      return { kind: 'multi-binary', shape: [...(space as MultiBinary).shape] };
    case 'dict': {
      const parts = Object.entries<Space>((space as Dict).spaces);
      return { kind: 'dict', spaces: Object.fromEntries(parts.map(([name, part]) => [name, describeSpace(part)])) };
    }
    case 'tuple':
      return { kind: 'tuple', spaces: (space as Tuple).spaces.map(describeSpace) };
    default:
      throw new InputError(`The space ${space} has no form in the rollout protocol; use Gymnasium's spaces.`);
  }
}

/** One number where all are the same, as environments mostly have it. */
function describeBound(values: BoxArrays[BoxDtype]): Bound {
  const described = Array.from(values, (value) => (Number.isFinite(value) ? value : null));
  return described.length > 0 && described.every((value) => value === described[0]) ? described[0] : described;
}

/**
 * The space of a description, with a generator of its own.
 *
 * @throws InputError when its sizes are beyond reason or don't fit together.
 */
export function createSpace(description: SpaceDescription): Space {
  switch (description.kind) {
    case 'box': {
      const { dtype, shape, low, high } = description;
      const size = shape.reduce((product, extent) => product * extent, 1);
      if (size > MAX_FLAT_SIZE) throw new InputError(`A box of ${size} numbers exceeds ${MAX_FLAT_SIZE}.`);
      const bounds = { low: readBound(low, Number.NEGATIVE_INFINITY), high: readBound(high, Number.POSITIVE_INFINITY) };
      return new Box<BoxArrays[BoxDtype]>({ ...bounds, shape, dtype: dtype as never }) as Space;
    }
    case 'discrete':
      return new Discrete(description.n, { start: description.start }) as Space;
    case 'multi-discrete':
      return new MultiDiscrete(description.nvec, { start: description.start }) as Space;
    case 'multi-binary': {
      const { shape } = description;
      return new MultiBinary(shape.length === 1 ? shape[0] : shape) as Space;
    }
    case 'dict': {
      const entries = Object.entries(description.spaces).map(([name, part]) => [name, createSpace(part)]);
      return new Dict(Object.fromEntries(entries)) as Space;
    }
    case 'tuple':
      return new Tuple(description.spaces.map(createSpace)) as Space;
  }
}

function readBound(bound: Bound, absent: number): number | number[] {
  if (Array.isArray(bound)) return bound.map((value) => value ?? absent);
  return bound ?? absent;
}
