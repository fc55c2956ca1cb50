import { formatPythonJson, PythonFloat, type PythonJson } from './python-json.ts';

/** What Gymnasium's `EnvSpec` says of an environment; see {@link formatEnvSpec}. */
export interface MinariEnvSpec {
  /** As registered in Gymnasium: `HalfCheetah-v5`. */
  readonly id: string;
  /** For instance `gymnasium.envs.mujoco.half_cheetah_v5:HalfCheetahEnv`. */
  readonly entryPoint?: string;
  readonly rewardThreshold?: number;
  readonly maxEpisodeSteps?: number;
  readonly kwargs?: { readonly [name: string]: PythonJson };
}

/** The text that Gymnasium's `EnvSpec.to_json` gives, from which Minari makes the environment again. */
export function formatEnvSpec({ id, entryPoint, rewardThreshold, maxEpisodeSteps, kwargs }: MinariEnvSpec): string {
  return formatPythonJson({
    id,
    entry_point: entryPoint ?? null,
    reward_threshold: rewardThreshold === undefined ? null : new PythonFloat(rewardThreshold),
    nondeterministic: false,
    max_episode_steps: maxEpisodeSteps ?? null,
    order_enforce: true,
    disable_env_checker: false,
    kwargs: kwargs ?? {},
    additional_wrappers: [],
    vector_entry_point: null,
  });
}
