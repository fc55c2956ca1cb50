import { createHash } from 'node:crypto';
import { type D4rlFloat, D4rlWriter, openD4rl } from '@understudy/d4rl';
import { defaultRng } from '@understudy/random';

/** Sizes of HalfCheetah's. */
const sizes = { observations: 17, actions: 6, qpos: 9, qvel: 9 };
const blockRows = 10_000;
const episodeSteps = 1000;

/**
 * Writes a recording with the columns of D4RL's version 2 locomotion files; the numbers are made up.
 *
 * @param dtype - float32, or float64 as in the replay files.
 */
export function writeRecording(path: string, rows: number, dtype: D4rlFloat = 'float32'): void {
  const generator = defaultRng(0);
  const normal = (count: number) => {
    const numbers = new Float32Array(count);
    generator.fillStandardNormal(numbers);
    return numbers;
  };
  const writer = new D4rlWriter(path, {
    observationSize: sizes.observations,
    actionSize: sizes.actions,
    dtype,
    nextObservations: true,
    infos: { qpos: { shape: [sizes.qpos] }, qvel: { shape: [sizes.qvel] }, action_log_probs: { shape: [] } },
    metadata: { algorithm: 'SAC' },
  });
  for (let start = 0; start < rows; start += blockRows) {
    const count = Math.min(blockRows, rows - start);
    const observations = normal((count + 1) * sizes.observations);
    writer.append({
      observations: observations.subarray(0, count * sizes.observations),
      nextObservations: observations.subarray(sizes.observations),
      actions: normal(count * sizes.actions),
      rewards: normal(count),
      terminals: new Uint8Array(count),
      timeouts: Uint8Array.from({ length: count }, (_, i) => ((start + i + 1) % episodeSteps === 0 ? 1 : 0)),
      infos: { qpos: normal(count * sizes.qpos), qvel: normal(count * sizes.qvel), action_log_probs: normal(count) },
    });
  }
  writer.close();
}

/** SHA-256 of the bytes of every column, by name. */
export async function columnDigests(path: string): Promise<Record<string, string>> {
  const file = await openD4rl(path);
  const digests: Record<string, string> = {};
  for (const name of file.columns.keys()) {
    const { buffer, byteOffset, byteLength } = await file.read(name);
    digests[name] = createHash('sha256')
      .update(new Uint8Array(buffer, byteOffset, byteLength))
      .digest('hex');
  }
  file.close();
  return digests;
}
