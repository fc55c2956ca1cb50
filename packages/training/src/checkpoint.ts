import { InputError } from '@understudy/errors';
import type { Tensor } from '@understudy/nn';
import type { z } from 'zod';

/** Named tensors and JSON: a moment of a training, from which it goes on exactly. */
export interface Checkpoint {
  tensors: ReadonlyMap<string, Tensor>;
  /** Everything that is no tensor: counters, generators, environments. */
  state: unknown;
}

/** Checks the part of a checkpoint that is no tensor. @throws InputError when it isn't what `schema` describes. */
export function parseState<T>(schema: z.ZodType<T>, state: unknown): T {
  const parsed = schema.safeParse(state);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  throw new InputError(
    `The checkpoint's state is not what this version writes (${issue.path.join('.') || 'whole'}: ${issue.message}); ` +
      'use the version that wrote it or start a new run.',
  );
}

/** The float64 tensor `name` of `size` elements. @throws InputError when there is none. */
export function takeFloat64(tensors: ReadonlyMap<string, Tensor>, name: string, size: number): Float64Array {
  const tensor = tensors.get(name);
  if (tensor?.dtype === 'F64' && tensor.data.length === size) return tensor.data;
  throw unfit(name, 'F64', size, tensor);
}

/** The float32 tensor `name` of `size` elements. @throws InputError when there is none. */
export function takeFloat32(tensors: ReadonlyMap<string, Tensor>, name: string, size: number): Float32Array {
  const tensor = tensors.get(name);
  if (tensor?.dtype === 'F32' && tensor.data.length === size) return tensor.data;
  throw unfit(name, 'F32', size, tensor);
}

function unfit(name: string, dtype: string, size: number, tensor: Tensor | undefined): InputError {
  const found = tensor ? `${tensor.dtype} of ${tensor.data.length} elements` : 'nothing';
  return new InputError(
    `The checkpoint holds ${found} as ${name} where ${dtype} of ${size} elements is expected; ` +
      'use a checkpoint of the same environment and configuration.',
  );
}
