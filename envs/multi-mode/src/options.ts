import { InputError, nearestNames } from '@understudy/errors';
import { commonDefaults, type MujocoEnvOptions, type Range, readOptions } from '@understudy/mujoco';
import { type ModeTask, type MultiModeId, taskOf } from './tasks.ts';

/** Options of the tasks with modes, and those of every MuJoCo environment. */
export interface MultiModeOptions extends MujocoEnvOptions {
  /**
   * The mode of every episode: its index, or in HalfCheetah-Vel the speed itself, 1.5 to 3 m/s; null, the default, draws
   * one at each reset.
   */
  mode?: number | null;
  /** HalfCheetah-Vel alone: the speeds under which `info.mode_rewards` is told; default 1.5, 1.6, ... 3 m/s. */
  rewardSpeeds?: readonly number[];
  /** Range of the torso's height, m; Ant [0.2, 1], Humanoid [1, 2], Walker2d [0.8, 2], Hopper [0.5, Infinity]. */
  healthyZRange?: Range;
  /** Whether a fall ends the episode; default true. Not in HalfCheetah, which cannot fall. */
  terminateWhenUnhealthy?: boolean;
}

/** The same with nothing left to default. */
export interface Settings extends Required<Omit<MujocoEnvOptions, 'xml' | 'xmlFile'>> {
  xml?: string;
  xmlFile?: string;
  mode: number | null;
  /** Values of the modes that rewards are told of. */
  values: readonly number[];
  healthyZRange: Range;
  terminateWhenUnhealthy: boolean;
}

/** The names of a task's options. */
export function multiModeOptionNames(id: MultiModeId): string[] {
  return Object.keys(defaultsOf(id));
}

/** A task's options by default; what is undefined is read apart. */
function defaultsOf(id: MultiModeId) {
  const { body, modes } = taskOf(id);
  const { frameSkip, resetNoiseScale, healthyZRange } = body;
  return {
    ...commonDefaults,
    frameSkip,
    resetNoiseScale,
    mode: undefined,
    ...(modes.kind === 'continuous' && { rewardSpeeds: undefined }),
    ...(healthyZRange && { healthyZRange, terminateWhenUnhealthy: true }),
  };
}

/**
 * What an environment of a task does, from the options that the caller gave.
 *
 * @throws InputError for an unknown option, a value of the wrong kind or a mode out of range.
 */
export function readSettings(id: MultiModeId, options: MultiModeOptions): Settings {
  const { modes } = taskOf(id);
  const { mode = null, ...others } = options;
  if (mode !== null) checkMode(id, 'option', mode);
  const unhurt = { healthyZRange: [0, 0] as Range, terminateWhenUnhealthy: false };
  if (modes.kind === 'discrete') {
    return { ...unhurt, ...readOptions(id, others, defaultsOf(id)), mode, values: modes.values };
  }
  const { rewardSpeeds = modes.reportedValues, ...rest } = others;
  checkSpeeds(id, rewardSpeeds);
  return { ...unhurt, ...readOptions(id, rest, defaultsOf(id)), mode, values: [...rewardSpeeds] };
}

/**
 * The mode that a reset's options name, null if they leave it open.
 *
 * @throws InputError for an unknown option or a mode out of range.
 */
export function readResetMode(id: MultiModeId, options: Record<string, unknown>): number | null {
  const unknown = Object.keys(options).find((name) => name !== 'mode');
  if (unknown !== undefined) {
    const near = nearestNames(unknown, ['mode'])[0];
    throw new InputError(`${id} has no reset option "${unknown}"; ${near ? 'did you mean "mode"?' : 'it takes mode'}`);
  }
  const { mode } = options;
  if (mode === undefined || mode === null) return null;
  checkMode(id, 'reset option', mode);
  return mode;
}

function checkMode(id: MultiModeId, kind: string, mode: unknown): asserts mode is number {
  const task = taskOf(id);
  if (isMode(task, mode)) return;
  throw new InputError(
    `${kind} mode of ${id} is ${String(mode)}, expected ${describeModes(task)}, or null to draw one`,
  );
}

function checkSpeeds(id: MultiModeId, speeds: unknown): asserts speeds is readonly number[] {
  const task = taskOf(id);
  if (Array.isArray(speeds) && speeds.length > 0 && speeds.every((speed) => isMode(task, speed))) return;
  throw new InputError(
    `option rewardSpeeds of ${id} is ${JSON.stringify(speeds)}, expected a list of ${describeModes(task)}`,
  );
}

/** Whether a value is a mode of a task. */
export function isMode({ modes }: ModeTask, mode: unknown): mode is number {
  if (modes.kind === 'discrete') return modes.values.some((_, i) => i === mode);
  const [low, high] = modes.range;
  return typeof mode === 'number' && low <= mode && mode <= high;
}

/** What a mode may be, in words. */
export function describeModes({ modes }: ModeTask): string {
  if (modes.kind === 'discrete') return `a whole number from 0 to ${modes.values.length - 1}`;
  return `speeds from ${modes.range[0]} to ${modes.range[1]} m/s`;
}

/** The mode before the first reset. */
export function firstMode({ modes }: ModeTask): number {
  return modes.kind === 'discrete' ? 0 : modes.range[0];
}
