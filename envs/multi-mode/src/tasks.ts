import type { Range } from '@understudy/mujoco';
import { ant, type Body, halfCheetah, hopper, humanoid, walker2d } from './bodies.ts';

/** How a body moved in one environment step; a task's reward is a function of it. */
export interface Motion {
  /** Metres that the rewarded point moved along x. */
  dx: number;
  /** Metres along y; 0 for a body in a plane. */
  dy: number;
  /** Seconds of the environment step. */
  readonly dt: number;
  /** Seconds of one of its simulation steps. */
  readonly timestep: number;
}

/** What the modes of a task are. */
export type Modes =
  /** Known by their index: angles in rad, signs of a direction, or speeds in m/s. */
  | { readonly kind: 'discrete'; readonly values: readonly number[] }
  /** Every speed in a range, m/s, known by itself. */
  | { readonly kind: 'continuous'; readonly range: Range; readonly reportedValues: readonly number[] };

/** A task with a hidden mode. */
export interface ModeTask {
  readonly body: Body;
  readonly modes: Modes;
  /** Steps of an episode. */
  readonly episodeSteps: number;
  /** The part of the reward that depends on the mode's value. */
  motionReward(value: number, motion: Motion): number;
}

const forwardAndBack: Modes = { kind: 'discrete', values: [0, Math.PI] };
const sixDirections: Modes = {
  kind: 'discrete',
  values: Array.from({ length: 6 }, (_, k) => (2 * Math.PI * k) / 6),
};

const runTowards = (angle: number, { dx, dy, dt }: Motion) => (dx / dt) * Math.cos(angle) + (dy / dt) * Math.sin(angle);

const walkAt = (speed: number, { dx, dt }: Motion) => Math.abs(speed) - Math.abs(speed - dx / dt);

/** All tasks by id, of "Diverse Imitation Learning via Self-Organizing Generative Models", tables 4 and 5. */
const tasks = {
  'Ant-Fwd-Back': { body: ant, modes: forwardAndBack, episodeSteps: 200, motionReward: runTowards },
  'Ant-Dir-6': { body: ant, modes: sixDirections, episodeSteps: 200, motionReward: runTowards },
  'HalfCheetah-Fwd-Back': {
    body: halfCheetah,
    modes: { kind: 'discrete', values: [-1, 1] },
    episodeSteps: 200,
    motionReward: (direction, { dx, dt }) => direction * (dx / dt),
  },
  'HalfCheetah-Vel': {
    body: halfCheetah,
    modes: {
      kind: 'continuous',
      range: [1.5, 3],
      reportedValues: Array.from({ length: 16 }, (_, i) => (15 + i) / 10),
    },
    episodeSteps: 200,
    motionReward: (speed, { dx, dt }) => -Math.abs(dx / dt - speed),
  },
  'Humanoid-Dir-6': {
    body: humanoid,
    modes: sixDirections,
    episodeSteps: 1000,
    // The velocity is taken over one simulation step, although the body moved for a whole environment step.
    motionReward: (angle, { dx, dy, timestep }) => (0.25 * (dx * Math.cos(angle) + dy * Math.sin(angle))) / timestep,
  },
  'Walker2d-Vel-6': {
    body: walker2d,
    modes: { kind: 'discrete', values: [-1.5, -1, -0.5, 0.5, 1, 1.5] },
    episodeSteps: 1000,
    motionReward: walkAt,
  },
  'Hopper-Vel-6': {
    body: hopper,
    modes: { kind: 'discrete', values: [-2, -1.5, 0.5, 1, 1.5, 2] },
    episodeSteps: 1000,
    motionReward: walkAt,
  },
} satisfies Record<string, ModeTask>;

/** Ids of the tasks, as the paper names them. */
export type MultiModeId = keyof typeof tasks;

/** All ids. */
export const multiModeIds = Object.keys(tasks) as readonly MultiModeId[];

/** The task of an id. */
export function taskOf(id: MultiModeId): ModeTask {
  return tasks[id];
}
