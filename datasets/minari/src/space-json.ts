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
import { formatPythonJson, PythonFloat, type PythonJson, parsePythonJson } from './python-json.ts';

/** Numbers in nested lists, one level a dimension; a number alone for shape `[]`. */
export type NestedNumbers = number | readonly NestedNumbers[];

/** A space as Minari's metadata describes it. */
export type MinariSpace =
  | {
      readonly type: 'Box';
      readonly dtype: string;
      readonly shape: readonly number[];
      readonly low: NestedNumbers;
      readonly high: NestedNumbers;
    }
  | { readonly type: 'Discrete'; readonly dtype: string; readonly start: number; readonly n: number }
  | {
      readonly type: 'MultiDiscrete';
      readonly dtype: string;
      readonly nvec: NestedNumbers;
      readonly start: NestedNumbers;
    }
  | { readonly type: 'MultiBinary'; readonly n: number | readonly number[] }
  | {
      readonly type: 'Text';
      readonly max_length: number;
      readonly min_length: number;
      readonly charset: string;
    }
  | { readonly type: 'Dict'; readonly subspaces: Readonly<Record<string, MinariSpace>> }
  | { readonly type: 'Tuple'; readonly subspaces: readonly MinariSpace[] };

const numbers: z.ZodType<NestedNumbers> = z.lazy(() =>
  z.union([z.number(), z.nan(), z.literal([Infinity, -Infinity]), z.array(numbers)]),
);
const sizes = z.array(z.number().int().nonnegative());
const schema: z.ZodType<MinariSpace> = z.lazy(() =>
  z.discriminatedUnion('type', [
    z.object({ type: z.literal('Box'), dtype: z.string(), shape: sizes, low: numbers, high: numbers }),
    z.object({ type: z.literal('Discrete'), dtype: z.string(), start: z.number().int(), n: z.number().int() }),
    z.object({ type: z.literal('MultiDiscrete'), dtype: z.string(), nvec: numbers, start: numbers }),
    z.object({ type: z.literal('MultiBinary'), n: z.union([z.number().int(), sizes]) }),
    z.object({
      type: z.literal('Text'),
      max_length: z.number(),
      min_length: z.number(),
      charset: z.string(),
    }),
    z.object({ type: z.literal('Dict'), subspaces: z.record(z.string(), schema) }),
    z.object({ type: z.literal('Tuple'), subspaces: z.array(schema) }),
  ]),
);

/**
 * Reads a space as Minari's `serialize_space` writes it.
 *
 * @param what - Names the text in errors.
 * @throws InputError when it is no such space.
 */
export function parseSpace(json: string, what: string): MinariSpace {
  const result = schema.safeParse(parsePythonJson(json, what));
  if (result.success) return result.data;
  const [issue] = result.error.issues;
  throw new InputError(`${what} is no space (${issue.path.join('.')}: ${issue.message}), so get an undamaged copy.`);
}

/** Writes a space as Minari's `serialize_space` does. */
export function formatSpace(space: MinariSpace): string {
  return formatPythonJson(spaceJson(space));
}

function spaceJson(space: MinariSpace): PythonJson {
  if (space.type === 'Box') {
    const { type, dtype, shape, low, high } = space;
    const bounds = (nested: NestedNumbers) => (dtype.startsWith('float') ? asFloats(nested) : (nested as PythonJson));
    return { type, dtype, shape, low: bounds(low), high: bounds(high) };
  }
  if (space.type === 'Dict') {
    const entries = Object.entries(space.subspaces).map(([name, part]) => [name, spaceJson(part)]);
    return { type: space.type, subspaces: Object.fromEntries(entries) };
  }
  if (space.type === 'Tuple') return { type: space.type, subspaces: space.subspaces.map((part) => spaceJson(part)) };
  return space as PythonJson;
}

function asFloats(nested: NestedNumbers): PythonJson {
  return typeof nested === 'number' ? new PythonFloat(nested) : nested.map((part) => asFloats(part));
}

/** Describes an environment's space for Minari's metadata. */
export function describeSpace(space: Space): MinariSpace {
  if (space instanceof Box) {
    const { dtype, shape, low, high } = space;
    return { type: 'Box', dtype, shape, low: nest(low, shape), high: nest(high, shape) };
  }
  if (space instanceof Discrete) return { type: 'Discrete', dtype: 'int64', start: space.start, n: space.n };
  if (space instanceof MultiDiscrete) {
    return { type: 'MultiDiscrete', dtype: 'int64', nvec: [...space.nvec], start: [...space.start] };
  }
  if (space instanceof MultiBinary) return { type: 'MultiBinary', n: space.flatSize };
  if (space instanceof Dict) {
    const parts = Object.entries<Space>(space.spaces).sort(([a], [b]) => (a < b ? -1 : 1));
    return {
      type: 'Dict',
      subspaces: Object.fromEntries(parts.map(([name, part]) => [name, describeSpace(part)])),
    };
  }
  if (space instanceof Tuple) {
    return { type: 'Tuple', subspaces: (space.spaces as readonly Space[]).map((part) => describeSpace(part)) };
  }
  throw new InputError(`Minari has no form for the space ${space}, so use another.`);
}

/**
 * Makes a space of a description.
 *
 * @throws InputError for text, 64-bit integers and other types that `@understudy/gym` has no spaces for.
 */
export function createSpace(space: MinariSpace): Space {
  switch (space.type) {
    case 'Box': {
      const { dtype, shape } = space;
      if (!boxTypes.includes(dtype)) throw new InputError(`There is no Box of ${dtype} here, so use another space.`);
      const [low, high] = [flatten(space.low), flatten(space.high)];
      return new Box<BoxArrays[BoxDtype]>({ low, high, shape, dtype: dtype as BoxDtype }) as Space;
    }
    case 'Discrete':
      return new Discrete(space.n, { start: space.start });
    case 'MultiDiscrete':
      return new MultiDiscrete(flatten(space.nvec), { start: flatten(space.start) });
    case 'MultiBinary':
      return new MultiBinary(typeof space.n === 'number' ? space.n : space.n.reduce((product, n) => product * n, 1));
    case 'Dict':
      return new Dict(
        Object.fromEntries(Object.entries(space.subspaces).map(([name, part]) => [name, createSpace(part)])),
      );
    case 'Tuple':
      return new Tuple(space.subspaces.map((part) => createSpace(part))) as Space;
    case 'Text':
      throw new InputError('There is no space of text here, so read the texts as they are.');
  }
}

const boxTypes = ['float32', 'float64', 'int8', 'int16', 'int32', 'uint8', 'uint16', 'uint32'];

function flatten(nested: NestedNumbers): number[] {
  return typeof nested === 'number' ? [nested] : nested.flatMap((part) => flatten(part));
}

function nest(flat: ArrayLike<number>, shape: readonly number[]): NestedNumbers {
  if (shape.length === 0) return flat[0];
  const [count, ...rest] = shape;
  const width = rest.reduce((product, n) => product * n, 1);
  return Array.from({ length: count }, (_, i) =>
    nest(Array.prototype.slice.call(flat, i * width, (i + 1) * width), rest),
  );
}

/** A {@link MinariSpace} of unbounded numbers, for data whose bounds are not recorded. */
export function unboundedBox(dtype: string, shape: readonly number[]): MinariSpace {
  const count = shape.reduce((product, n) => product * n, 1);
  const isFloat = dtype.startsWith('float');
  const bits = Number(/\d+$/.exec(dtype)?.[0] ?? 8);
  const unsigned = dtype.startsWith('uint');
  const least = isFloat ? -Infinity : unsigned ? 0 : -(2 ** (bits - 1));
  const greatest = isFloat ? Infinity : unsigned ? 2 ** bits - 1 : 2 ** (bits - 1) - 1;
  const fill = (value: number) => nest(new Array<number>(count).fill(value), shape);
  return { type: 'Box', dtype, shape, low: fill(least), high: fill(greatest) };
}

/** One array of a space: where it stands in an episode's group, and what a step of it is. */
export interface SpaceLeaf {
  /** Link names after `observations` or `actions`, joined by `/`; `''` for a space of one array. */
  readonly path: string;
  /** Shape of one step. */
  readonly shape: readonly number[];
  /** As NumPy calls it; `string` for text. */
  readonly dtype: string;
}

/** The arrays of a space, in order; a Dict's by name, a Tuple's as `_index_0`, `_index_1` ... */
export function spaceLeaves(space: MinariSpace, path = ''): SpaceLeaf[] {
  const join = (name: string) => (path === '' ? name : `${path}/${name}`);
  switch (space.type) {
    case 'Box':
      return [{ path, shape: space.shape, dtype: space.dtype }];
    case 'Discrete':
      return [{ path, shape: [], dtype: space.dtype }];
    case 'MultiDiscrete':
      return [{ path, shape: shapeOf(space.nvec), dtype: space.dtype }];
    case 'MultiBinary':
      return [{ path, shape: typeof space.n === 'number' ? [space.n] : space.n, dtype: 'int8' }];
    case 'Text':
      return [{ path, shape: [], dtype: 'string' }];
    case 'Dict':
      return Object.keys(space.subspaces)
        .sort()
        .flatMap((name) => spaceLeaves(space.subspaces[name], join(name)));
    case 'Tuple':
      return space.subspaces.flatMap((part, i) => spaceLeaves(part, join(`_index_${i}`)));
  }
}

function shapeOf(nested: NestedNumbers): number[] {
  return typeof nested === 'number' ? [] : [nested.length, ...(nested.length > 0 ? shapeOf(nested[0]) : [])];
}
