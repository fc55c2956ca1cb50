import { existsSync, readFileSync, statSync } from 'node:fs';
import { InputError } from '@understudy/errors';
import { decodeSafetensors, encodeSafetensors, type SafetensorsContent } from '@understudy/nn';
import { z } from 'zod';
import { writeFileAtomically } from './atomic-file.ts';
import { explainingFileErrors } from './file-errors.ts';
import { type NetworkPolicy, type PolicySpec, policyFromTensors } from './network-policy.ts';
import { packageVersion } from './package-version.ts';
import { listCheckpoints, parseJson, runPaths } from './run-files.ts';

/** Version of the policy format; raised when a reader of the old one would go wrong. */
const policyFormat = '1';

const size = z.number().int().positive();
const policySpecSchema = z.object({
  algorithm: z.string(),
  environment: z.string(),
  observationSize: size,
  actionSize: size,
  distribution: z.enum(['gaussian', 'deterministic', 'squashed-deterministic', 'squashed-gaussian', 'categorical']),
  outputSize: size,
  hiddenSizes: z.array(size),
  activation: z.enum(['identity', 'tanh', 'relu', 'leaky-relu', 'elu', 'silu']),
  observationClip: z.number().positive().nullable(),
});

/** What {@link loadPolicy}'s caller expects of the policy. */
export interface LoadPolicyOptions {
  /** The id of the environment it has to be made for. */
  environment?: string;
  /** In a run directory: the last policy (the default), or the one with the best training return or loss. */
  which?: 'last' | 'best';
}

/** The text beside the tensors of a policy file. Holds nothing that differs between two equal trainings. */
export function policyFileMetadata(spec: PolicySpec): Record<string, string> {
  return {
    format: 'understudy-policy',
    format_version: policyFormat,
    understudy: packageVersion,
    policy: JSON.stringify(spec),
  };
}

/**
 * Writes a policy to one safetensors file: network, normaliser, bounds and what they are for. Same policy, same bytes.
 *
 * @throws InputError when the file can't be written; an earlier one is then whole.
 */
export function savePolicy(policy: NetworkPolicy, path: string): void {
  writeFileAtomically(path, encodeSafetensors(policy.tensors(), policyFileMetadata(policy.spec)));
}

/**
 * Reads a policy back: from a policy file, a checkpoint, or a run directory.
 *
 * @throws InputError when there is none, it is damaged, of another version, or made for another environment.
 */
export async function loadPolicy(path: string, options: LoadPolicyOptions = {}): Promise<NetworkPolicy> {
  const file = policyPath(path, options.which ?? 'last');
  const content = readPolicyContent(file);
  const spec = readPolicySpec(file, content);
  if (options.environment !== undefined && options.environment !== spec.environment) {
    throw new InputError(
      `${file} holds a policy for ${spec.environment}, not for ${options.environment}; choose one trained on that environment.`,
    );
  }
  return policyFromTensors(spec, content.tensors, file);
}

/** Reads and decodes a safetensors file. */
export function readPolicyContent(path: string): SafetensorsContent {
  return decodeSafetensors(
    explainingFileErrors('read', path, () => readFileSync(path)),
    path,
  );
}

/** The spec in a file's metadata. @throws InputError when the file is no policy, or one of another version. */
export function readPolicySpec(path: string, { metadata }: SafetensorsContent): PolicySpec {
  if (metadata.format !== 'understudy-policy') {
    throw new InputError(`${path} is a safetensors file, but holds no policy; choose one that a training wrote.`);
  }
  if (metadata.format_version !== policyFormat) {
    throw new InputError(
      `${path} is of policy format ${metadata.format_version} (Understudy ${metadata.understudy}), and this version ` +
        `reads format ${policyFormat}; use the version that wrote it.`,
    );
  }
  return parseJson(`The policy in ${path}`, metadata.policy ?? '', policySpecSchema);
}

function policyPath(path: string, which: 'last' | 'best'): string {
  const isDirectory = explainingFileErrors('read', path, () => statSync(path)).isDirectory();
  if (!isDirectory) return path;
  const { best, policy } = runPaths(path);
  const found =
    which === 'best'
      ? [best]
      : [
          policy,
          ...listCheckpoints(path)
            .map((checkpoint) => checkpoint.path)
            .reverse(),
        ];
  const file = found.find((candidate) => existsSync(candidate));
  if (file) return file;
  throw new InputError(
    `${path} holds no ${which === 'best' ? 'best ' : ''}policy yet; train it further or choose another run.`,
  );
}
