import type { EnvState } from '@understudy/gym';
import { type RunningMeanVarianceState, type Tensor, tensorOf } from '@understudy/nn';
import type { GeneratorState } from '@understudy/random';
import type { Shard, ShardMoments, ShardPlan, ShardResult, ShardState } from '@understudy/training';
import { z } from 'zod';
import { wireArray } from '../protocol/arrays.ts';
import type { Dtype, DtypeArrays } from '../protocol/dtypes.ts';
import type { Arrays } from '../protocol/messages.ts';
import { ProtocolError } from '../protocol/protocol-error.ts';

/** Arrays of a message by name. */
export type NamedArrays = Arrays<'result'>;

/** The sizes that a shard's arrays have. */
export type ShardSizes = Pick<
  ShardPlan,
  'steps' | 'observationSize' | 'actionSize' | 'normalizesObservations' | 'normalizesRewards'
>;

/** A shard's state as arrays named `state.*`. */
export function stateArrays(state: ShardState): NamedArrays {
  const { actions, environments } = state;
  return {
    'state.observations': wireArray(state.observations),
    'state.discountedReturns': wireArray(state.discountedReturns),
    'state.episodeReturns': wireArray(state.episodeReturns),
    'state.episodeLengths': wireArray(state.episodeLengths),
    'state.json': wireArray(Buffer.from(JSON.stringify({ actions, environments })) as Uint8Array),
  };
}

/** A result as arrays named `rollout.*`, `episodes.*`, `observation.*`, `reward.*` and `state.*`. */
export function resultArrays({ rollout, episodes, observation, reward, state }: ShardResult): NamedArrays {
  const { truncations, count } = rollout;
  const size = rollout.lastObservations.length / count;
  return {
    'rollout.observations': wireArray(rollout.observations),
    'rollout.actions': wireArray(rollout.actions),
    'rollout.logProbabilities': wireArray(rollout.logProbabilities),
    'rollout.rewards': wireArray(rollout.rewards),
    'rollout.terminated': wireArray(rollout.terminated),
    'rollout.truncated': wireArray(rollout.truncated),
    'rollout.lastObservations': wireArray(rollout.lastObservations),
    'rollout.truncatedRows': wireArray(rollout.truncatedRows.subarray(0, truncations)),
    'rollout.finalObservations': wireArray(rollout.finalObservations.subarray(0, truncations * size)),
    'episodes.rows': wireArray(episodes.rows),
    'episodes.returns': wireArray(episodes.returns),
    'episodes.lengths': wireArray(episodes.lengths),
    ...(observation && momentsArrays('observation', observation)),
    ...(reward && momentsArrays('reward', reward)),
    ...stateArrays(state),
  };
}

/**
 * A shard's state off the wire.
 *
 * @throws ProtocolError `malformed` when an array is missing, or of another type or size than the shard's.
 */
export function stateFromArrays(
  arrays: NamedArrays,
  { count }: Shard,
  sizes: Pick<ShardSizes, 'observationSize'>,
): ShardState {
  const { actions, environments } = parseJson(take(arrays, 'state.json', 'u8'), count);
  return {
    observations: finite(
      'state.observations',
      take(arrays, 'state.observations', 'f32', count * sizes.observationSize),
    ),
    discountedReturns: take(arrays, 'state.discountedReturns', 'f64', count),
    episodeReturns: take(arrays, 'state.episodeReturns', 'f64', count),
    episodeLengths: take(arrays, 'state.episodeLengths', 'f64', count),
    actions,
    environments,
  };
}

/**
 * A result off the wire, checked as far as it can be: sizes, that all numbers are finite, that rows and flags make sense.
 *
 * @throws ProtocolError `malformed` when it is no result of this shard.
 */
export function resultFromArrays(arrays: NamedArrays, shard: Shard, sizes: ShardSizes): ShardResult {
  const { count } = shard;
  const { steps, observationSize, actionSize } = sizes;
  const rows = steps * count;
  const numbers = (name: string, length: number) => finite(name, take(arrays, name, 'f32', length));
  const flags = (name: string) => checkFlags(name, take(arrays, name, 'u8', rows));
  const truncatedRows = checkRows('rollout.truncatedRows', take(arrays, 'rollout.truncatedRows', 'i32'), rows);
  const truncations = truncatedRows.length;
  return {
    rollout: {
      steps,
      count,
      observations: numbers('rollout.observations', rows * observationSize),
      actions: numbers('rollout.actions', rows * actionSize),
      logProbabilities: numbers('rollout.logProbabilities', rows),
      rewards: numbers('rollout.rewards', rows),
      terminated: flags('rollout.terminated'),
      truncated: flags('rollout.truncated'),
      lastObservations: numbers('rollout.lastObservations', count * observationSize),
      truncatedRows,
      finalObservations: numbers('rollout.finalObservations', truncations * observationSize),
      truncations,
    },
    episodes: episodesFromArrays(arrays, rows),
    observation: sizes.normalizesObservations ? momentsFromArrays(arrays, 'observation', observationSize) : undefined,
    reward: sizes.normalizesRewards ? momentsFromArrays(arrays, 'reward', 1) : undefined,
    state: stateFromArrays(arrays, shard, sizes),
  };
}

/** A policy's tensors as arrays under their own names. */
export function tensorArrays(tensors: Iterable<readonly [name: string, tensor: Tensor]>): NamedArrays {
  const arrays: NamedArrays = {};
  for (const [name, { data, shape }] of tensors) arrays[name] = wireArray(data, shape) as NamedArrays[string];
  return arrays;
}

const tensorDtypes: ReadonlySet<Dtype> = new Set(['f32', 'f64', 'i32', 'u8', 'i64']);

/** The tensors that {@link tensorArrays} made arrays of. @throws ProtocolError `malformed` for types no tensor has. */
export function tensorsFromArrays(arrays: NamedArrays): Map<string, Tensor> {
  return new Map(
    Object.entries(arrays).map(([name, { dtype, data, shape }]) => {
      if (!tensorDtypes.has(dtype)) throw malformed(`${name} is ${dtype}, which no tensor is`);
      return [name, tensorOf(data as Float32Array, shape)];
    }),
  );
}

/** Mean, variance and count in one array, of the shard's own statistics and of what it added. */
function momentsArrays(name: string, { own, added }: ShardMoments): NamedArrays {
  const flat = ({ mean, variance, count }: RunningMeanVarianceState) =>
    wireArray(Float64Array.of(...mean, ...variance, count));
  return { [`${name}.own`]: flat(own), [`${name}.added`]: flat(added) };
}

function momentsFromArrays(arrays: NamedArrays, name: string, size: number): ShardMoments {
  const moments = (part: string): RunningMeanVarianceState => {
    const flat = finite(part, take(arrays, part, 'f64', 2 * size + 1));
    if (flat.subarray(size).some((value) => value < 0)) throw malformed(`${part} has a negative variance or count`);
    return { mean: flat.slice(0, size), variance: flat.slice(size, 2 * size), count: flat[2 * size] };
  };
  return { own: moments(`${name}.own`), added: moments(`${name}.added`) };
}

function episodesFromArrays(arrays: NamedArrays, rows: number): ShardResult['episodes'] {
  const ended = checkRows('episodes.rows', take(arrays, 'episodes.rows', 'i32'), rows);
  return {
    rows: ended,
    returns: finite('episodes.returns', take(arrays, 'episodes.returns', 'f64', ended.length)),
    lengths: finite('episodes.lengths', take(arrays, 'episodes.lengths', 'f64', ended.length)),
  };
}

/** @param length - The numbers there have to be; any unless told. */
function take<D extends Dtype>(arrays: NamedArrays, name: string, dtype: D, length?: number): DtypeArrays[D] {
  const array = arrays[name];
  if (!array) throw malformed(`${name} is missing`);
  if (array.dtype === dtype && (length === undefined || array.data.length === length))
    return array.data as DtypeArrays[D];
  throw malformed(`${name} is ${array.dtype} of ${array.data.length}, expected ${dtype} of ${length ?? 'any number'}`);
}

function finite<T extends Float32Array | Float64Array>(name: string, values: T): T {
  for (let i = 0; i < values.length; i++) if (!Number.isFinite(values[i])) throw malformed(`${name} is not finite`);
  return values;
}

function checkFlags(name: string, flags: Uint8Array): Uint8Array {
  for (let i = 0; i < flags.length; i++) if (flags[i] > 1) throw malformed(`${name} holds something else than 0 and 1`);
  return flags;
}

/** Rows of a rollout, each later than the one before. */
function checkRows(name: string, rows: Int32Array, count: number): Int32Array {
  for (let i = 0; i < rows.length; i++) {
    if (rows[i] >= (i === 0 ? 0 : rows[i - 1] + 1) && rows[i] < count) continue;
    throw malformed(`${name} are not rows of the rollout in their order`);
  }
  return rows;
}

const stateJson = z.strictObject({
  actions: z.record(z.string(), z.unknown()),
  environments: z.array(z.record(z.string(), z.unknown())),
});

function parseJson(bytes: Uint8Array, count: number): { actions: GeneratorState; environments: EnvState[] } {
  let json: unknown;
  try {
    json = JSON.parse(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('utf8'));
  } catch {
    throw malformed('state.json is not JSON');
  }
  const parsed = stateJson.safeParse(json);
  if (!parsed.success || parsed.data.environments.length !== count) {
    throw malformed(`state.json does not hold a generator and ${count} environments`);
  }
  return parsed.data as unknown as { actions: GeneratorState; environments: EnvState[] };
}

function malformed(what: string): ProtocolError {
  return new ProtocolError('malformed', `A shard's arrays are wrong: ${what}.`);
}
