import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { Hdf5File } from '@understudy/d4rl/hdf5';
import { InputError } from '@understudy/errors';
import { z } from 'zod';
import { formatPythonJson, PythonFloat, type PythonJson, parsePythonJson } from './python-json.ts';
import { formatSpace, type MinariSpace, parseSpace } from './space-json.ts';

/** The layout's version that files written here name: every Minari 0.5 accepts it. */
export const MINARI_VERSION = '0.5.0';

const METADATA_FILE = 'metadata.json';
const MAX_METADATA_BYTES = 2 ** 28;

/** What `metadata.json` says of a dataset. */
export interface MinariMetadata {
  readonly id: string;
  readonly totalEpisodes: number;
  readonly totalSteps: number;
  readonly observationSpace: MinariSpace;
  readonly actionSpace: MinariSpace;
  /** The JSON of Gymnasium's `EnvSpec.to_json`; see {@link formatEnvSpec}. */
  readonly envSpec?: string;
  /** Of the layout, for instance `0.5.0`. */
  readonly minariVersion: string;
  /** Everything else by its name in the file: `author`, `algorithm_name`, `code_permalink`, `ref_max_score` ... */
  readonly other: { readonly [name: string]: PythonJson };
}

const schema = z.looseObject({
  dataset_id: z.string(),
  total_episodes: z.number().int().nonnegative(),
  total_steps: z.number().int().nonnegative(),
  minari_version: z.string(),
  data_format: z.string().optional(),
  observation_space: z.string().optional(),
  action_space: z.string().optional(),
  env_spec: z.string().nullish(),
});

const own = [
  'dataset_id',
  'total_episodes',
  'total_steps',
  'minari_version',
  'data_format',
  'dataset_size',
  'observation_space',
  'action_space',
  'env_spec',
];

/**
 * Reads the metadata beside a `main_data.hdf5`: its `metadata.json`, or, in the oldest datasets, the attributes at the
 * file's top.
 *
 * @throws InputError when something is missing, of another type, or of a version or format that is not read here.
 */
export function readMetadata(directory: string, file: Hdf5File): MinariMetadata {
  const path = join(directory, METADATA_FILE);
  const size = statSync(path, { throwIfNoEntry: false })?.size;
  if (size !== undefined && size > MAX_METADATA_BYTES) {
    throw new InputError(`${path} has ${size} bytes, more than metadata takes, so get a fresh copy.`);
  }
  const found = size === undefined ? attributesAsJson(file) : parsePythonJson(readFileSync(path, 'utf8'), path);
  return checkMetadata(found, size === undefined ? file.path : path);
}

/** @param where - Names the source in errors. */
export function checkMetadata(found: unknown, where: string): MinariMetadata {
  const result = schema.safeParse(found);
  if (!result.success) {
    const [issue] = result.error.issues;
    throw new InputError(
      `${where} is no metadata of a Minari dataset (${issue.path.join('.')}: ${issue.message}), so get a fresh copy.`,
    );
  }
  const { data } = result;
  const { data_format: format = 'hdf5', minari_version: version } = data;
  if (format !== 'hdf5') {
    throw new InputError(
      `${where} says that the data is in the format "${format}", so convert it to "hdf5" with Minari first.`,
    );
  }
  if (!isReadable(version)) {
    throw new InputError(
      `${where} is of Minari ${version}, so convert it with Minari to a version from 0.4.0 to 0.5 first.`,
    );
  }
  const { observation_space: observations, action_space: actions } = data;
  if (observations === undefined || actions === undefined) {
    throw new InputError(`${where} does not describe its spaces, so write it again with Minari 0.4.3 or later.`);
  }
  const other = Object.entries(data).filter(([name]) => !own.includes(name));
  return {
    id: data.dataset_id,
    totalEpisodes: data.total_episodes,
    totalSteps: data.total_steps,
    observationSpace: parseSpace(observations, `The observation space in ${where}`),
    actionSpace: parseSpace(actions, `The action space in ${where}`),
    envSpec: data.env_spec ?? undefined,
    minariVersion: version,
    other: Object.fromEntries(other) as MinariMetadata['other'],
  };
}

/** The text of a `metadata.json` as Minari writes it. */
export function formatMetadata(metadata: MinariMetadata, dataBytes: number): string {
  const { id, totalEpisodes, totalSteps, observationSpace, actionSpace, envSpec, minariVersion, other } = metadata;
  return formatPythonJson({
    total_episodes: totalEpisodes,
    total_steps: totalSteps,
    data_format: 'hdf5',
    observation_space: formatSpace(observationSpace),
    action_space: formatSpace(actionSpace),
    env_spec: envSpec,
    dataset_id: id,
    minari_version: minariVersion,
    ...other,
    dataset_size: new PythonFloat(Math.round(dataBytes / 1e5) / 10),
  });
}

/** A version from 0.4.0 to 0.5, or, before 0.4.3, a condition on versions such as `~=0.4.1`. */
function isReadable(version: string): boolean {
  return /^(?:(?:~=|==|>=)\s*)?0\.[45](?:\.\d+)?$/.test(version.split(',')[0].trim());
}

function attributesAsJson(file: Hdf5File): Record<string, unknown> {
  const attributes = [...file.attributes('')];
  return Object.fromEntries(
    attributes.map(([name, value]) => [name, typeof value === 'bigint' ? Number(value) : value]),
  );
}
