import type { Info } from '@understudy/gym';
import type { ActOptions, AnyEnv, Policy } from '@understudy/training';
import { modeCodeSize, writeModeCode } from './mode-code.ts';
import type { Mode, ModeSpace } from './task.ts';

/** What an expert may look at. A policy of observations alone is one that looks at nothing else. */
export interface Moment {
  /** In wrappers; `env.unwrapped` shows what the observation hides. */
  readonly env: AnyEnv;
  /** Flat, `[observationSize]`. */
  readonly observation: ArrayLike<number>;
  /** Of the reset or step that led here. */
  readonly info: Info;
  readonly mode: Mode;
}

/** Something that shows how a task is done. */
export interface Expert {
  /** What it is: `ppo`, `scripted`. */
  readonly algorithm: string;
  /** Distinguishes it from other experts of the same task: recordings of another one are not gone on with. */
  readonly fingerprint: string;
  /** Called after every reset. @param seed - Of the episode, for what the expert draws. */
  begin?(moment: Moment, seed: number): void;
  /** The action, `[actionSize]`; a buffer that the next call may overwrite. */
  act(moment: Moment, options: ActOptions): Float32Array;
}

/** Experts and the modes that they know. */
export interface ExpertSource {
  /** Where they come from, in words. */
  readonly name: string;
  /** The modes there are experts for; undefined for any. */
  readonly modes?: readonly number[];
  /** The expert of a mode. @throws InputError when there is none. */
  expertOf(mode: number | null): Expert;
}

/** A policy as an expert of whatever mode it was trained in. */
export function policyExpert(policy: Policy, fingerprint: string): Expert {
  return {
    algorithm: policy.metadata.algorithm,
    fingerprint,
    act: ({ observation }, options) => policy.act(observation, options),
  };
}

/** A policy that sees the mode behind the observation, see {@link ModeInObservation}. */
export function conditionedExpert(policy: Policy, modes: ModeSpace, fingerprint: string): Expert {
  const input = new Float64Array(policy.metadata.observationSize);
  const size = input.length - modeCodeSize(modes);
  return {
    algorithm: policy.metadata.algorithm,
    fingerprint,
    act({ observation, mode }, options) {
      for (let i = 0; i < size; i++) input[i] = observation[i];
      writeModeCode(modes, mode as number, input, size);
      return policy.act(input, options);
    },
  };
}
