import { antModel } from '@understudy/env-ant';
import { halfCheetahModel } from '@understudy/env-half-cheetah';
import { hopperModel } from '@understudy/env-hopper';
import { humanoidModel } from '@understudy/env-humanoid';
import { walker2dModel } from '@understudy/env-walker2d';
import { CentreOfMass, controlCost, type MujocoModel, type Range, type Simulation } from '@understudy/mujoco';

/** One coordinate of the point whose speed is rewarded, m: x for axis 0, y for axis 1. */
export type Place = (simulation: Simulation, axis: 0 | 1) => number;

/** A piece of one of MuJoCo's arrays that an observation shows. */
interface ObservedPart {
  readonly field: 'xpos' | 'cinert' | 'cvel' | 'qfrc_actuator' | 'cfrc_ext';
  readonly from: number;
  size(model: MujocoModel): number;
}

/** A body that tasks with modes are made of: all of a task but the reward for its motion. */
export interface Body {
  /** MJCF of Gymnasium's task. */
  readonly xml: string;
  /** Simulation steps for one environment step. */
  readonly frameSkip: number;
  /** Half width of the uniform noise on positions at the start, and size of that on velocities. */
  readonly resetNoiseScale: number;
  readonly velocityNoise: 'uniform' | 'normal';
  /** Leading positions that the observation leaves out: x alone, or x and y of a body that is free in space. */
  readonly hiddenPositions: 1 | 2;
  /** Velocities are observed within this many m/s or rad/s. */
  readonly velocityLimit: number;
  /** What the observation shows after positions and velocities. */
  readonly observedParts: readonly ObservedPart[];
  /** Whether steps have to compute contact forces. */
  readonly needsForces: boolean;
  /** The array that holds the rewarded point where that lags behind the state, so that a saved state needs it too. */
  readonly laggingField: 'xpos' | 'xipos' | null;
  /** Range of the height, m, where the body is healthy; null for a body that cannot fall. */
  readonly healthyZRange: Range | null;
  placeIn(model: MujocoModel): Place;
  isHealthy(simulation: Simulation, zRange: Range): boolean;
  /** The reward that is the same under every mode: for a step alive, less what effort and contacts cost. */
  commonReward(simulation: Simulation, action: Float32Array): number;
}

/** The body after the world, which is the torso in all models here. */
const torso = 1;

const forwardPlace = (): Place => (simulation, axis) => (axis === 0 ? simulation.qpos[0] : 0);

const ofBodies = (field: ObservedPart['field'], numbers: number): ObservedPart => ({
  field,
  from: 0,
  size: ({ names }) => numbers * names.body.length,
});

/** The ant; its contact forces cost, but it does not observe them. */
export const ant: Body = {
  xml: antModel,
  frameSkip: 5,
  resetNoiseScale: 0.1,
  velocityNoise: 'normal',
  hiddenPositions: 2,
  velocityLimit: Number.POSITIVE_INFINITY,
  observedParts: [],
  needsForces: true,
  laggingField: 'xpos',
  healthyZRange: [0.2, 1],
  placeIn: () => (simulation, axis) => simulation.xpos[3 * torso + axis],
  isHealthy: ({ qpos, qvel }, [low, high]) => low <= qpos[2] && qpos[2] <= high && allFinite(qpos) && allFinite(qvel),
  commonReward: ({ cfrc_ext }, action) => 1 - controlCost(0.5, action) - 0.5e-3 * sumOfSquares(cfrc_ext, 1),
};

/** The half-cheetah; it also observes where its torso is, x included. */
export const halfCheetah: Body = {
  xml: halfCheetahModel,
  frameSkip: 5,
  resetNoiseScale: 0.1,
  velocityNoise: 'normal',
  hiddenPositions: 1,
  velocityLimit: Number.POSITIVE_INFINITY,
  observedParts: [{ field: 'xpos', from: 3 * torso, size: () => 3 }],
  needsForces: false,
  laggingField: null,
  healthyZRange: null,
  placeIn: forwardPlace,
  isHealthy: () => true,
  commonReward: (_, action) => -controlCost(0.05, action),
};

/** The humanoid, which observes everything that Gymnasium's v4 does. */
export const humanoid: Body = {
  xml: humanoidModel,
  frameSkip: 5,
  resetNoiseScale: 1e-2,
  velocityNoise: 'uniform',
  hiddenPositions: 2,
  velocityLimit: Number.POSITIVE_INFINITY,
  observedParts: [
    ofBodies('cinert', 10),
    ofBodies('cvel', 6),
    { field: 'qfrc_actuator', from: 0, size: ({ nv }) => nv },
    ofBodies('cfrc_ext', 6),
  ],
  needsForces: true,
  laggingField: 'xipos',
  healthyZRange: [1, 2],
  placeIn: (model) => {
    const centre = new CentreOfMass(model);
    return (simulation, axis) => centre.position(simulation, axis);
  },
  isHealthy: ({ qpos }, [low, high]) => low <= qpos[2] && qpos[2] <= high,
  commonReward: ({ ctrl, cfrc_ext }) => {
    const contacts = Math.min(0.5e-6 * sumOfSquares(cfrc_ext, Number.POSITIVE_INFINITY), 10);
    return 5 - 0.1 * sumOfSquares(ctrl, Number.POSITIVE_INFINITY) - contacts;
  },
};

/** What Walker2d and Hopper share: bodies in a plane that earn 1 a step. */
const planar = {
  frameSkip: 4,
  resetNoiseScale: 5e-3,
  velocityNoise: 'uniform',
  hiddenPositions: 1,
  velocityLimit: 10,
  observedParts: [],
  needsForces: false,
  laggingField: null,
  placeIn: forwardPlace,
  commonReward: (_: Simulation, action: Float32Array) => 1 - controlCost(1e-3, action),
} as const;

/** The walker with gym's feet, of which the right one is the more slippery. */
export const walker2d: Body = {
  ...planar,
  xml: walker2dModel(0.9),
  healthyZRange: [0.8, 2],
  isHealthy: ({ qpos }, [low, high]) => low < qpos[1] && qpos[1] < high && Math.abs(qpos[2]) < 1,
};

/** The hopper, which may lean further and crouch deeper than Gymnasium's before it counts as fallen. */
export const hopper: Body = {
  ...planar,
  xml: hopperModel,
  healthyZRange: [0.5, Number.POSITIVE_INFINITY],
  isHealthy: ({ qpos, qvel }, [low, high]) =>
    low < qpos[1] && qpos[1] < high && Math.abs(qpos[2]) < 0.3 && allBelow(qpos, 2, 125) && allBelow(qvel, 0, 125),
};

/** The sum of squares, each value first brought within `limit` of 0. */
function sumOfSquares(values: Float64Array, limit: number): number {
  let sum = 0;
  for (let i = 0; i < values.length; i++) {
    const value = Math.min(Math.abs(values[i]), limit);
    sum += value * value;
  }
  return sum;
}

function allFinite(values: Float64Array): boolean {
  return allBelow(values, 0, Number.POSITIVE_INFINITY);
}

/** Whether all absolute values from the given one on are below a limit; NaN is not. */
function allBelow(values: Float64Array, from: number, limit: number): boolean {
  for (let i = from; i < values.length; i++) if (!(Math.abs(values[i]) < limit)) return false;
  return true;
}
