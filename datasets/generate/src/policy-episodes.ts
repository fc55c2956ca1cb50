import { type AnyEnv, actionSizeOf, type Policy, type Recording, recordEpisodes } from '@understudy/training';
import type { SegmentRows, SegmentSource } from './segment.ts';

/** What {@link policySource} needs. */
export interface PolicyParts {
  /** They take turns, a piece each. */
  readonly policies: readonly Policy[];
  readonly env: AnyEnv;
  /** Take the mode of a policy's distribution; default false, for data want variety. */
  readonly deterministic?: boolean;
  /** Whole episodes of a piece; undefined fills it up to 4096 rows. */
  readonly episodes?: number;
}

/** Rows after which a piece ends with the episode, unless episodes are counted. */
const segmentRows = 4096;

/**
 * Episodes of policies in an environment, with next observations and, of MuJoCo, the state. Each episode has a seed of
 * its own.
 */
export function policySource({ policies, env, deterministic = false, episodes }: PolicyParts): SegmentSource {
  const { simulation } = env.unwrapped as { simulation?: { qpos?: Float64Array; qvel?: Float64Array } };
  const infos = {
    ...(simulation?.qpos && { qpos: { shape: [simulation.qpos.length] } }),
    ...(simulation?.qvel && { qvel: { shape: [simulation.qvel.length] } }),
  };
  return {
    observationSize: env.observationSpace.flatSize,
    actionSize: actionSizeOf(env.actionSpace),
    nextObservations: true,
    infos,
    async segment(index, generator, tick) {
      const policy = policies[index % policies.length];
      const recordings: Recording[] = [];
      let rows = 0;
      const full = () => (episodes === undefined ? rows >= segmentRows : recordings.length >= episodes);
      while (!full()) {
        const seed = generator.integers(2 ** 32);
        const recording = await recordEpisodes(policy, env, { episodes: 1, seed, deterministic });
        recordings.push(recording);
        rows += recording.transitions;
        if (!(await tick(rows))) return undefined;
      }
      return joined(recordings);
    },
  };
}

function joined(recordings: readonly Recording[]): SegmentRows {
  const names = Object.keys(recordings[0].infos);
  return {
    observations: concatenated(recordings.map(({ observations }) => observations)),
    actions: concatenated(recordings.map(({ actions }) => actions)),
    rewards: concatenated(recordings.map(({ rewards }) => rewards)),
    terminals: concatenated(recordings.map(({ terminals }) => terminals)),
    timeouts: concatenated(recordings.map(({ timeouts }) => timeouts)),
    nextObservations: concatenated(recordings.map(({ nextObservations }) => nextObservations)),
    infos: Object.fromEntries(
      names.map((name) => [name, concatenated(recordings.map(({ infos }) => infos[name].data))]),
    ),
  };
}

function concatenated<T extends Float32Array | Float64Array | Uint8Array>(parts: readonly T[]): T {
  const out = new (parts[0].constructor as new (length: number) => T)(
    parts.reduce((sum, { length }) => sum + length, 0),
  );
  let at = 0;
  for (const part of parts) {
    out.set(part, at);
    at += part.length;
  }
  return out;
}
