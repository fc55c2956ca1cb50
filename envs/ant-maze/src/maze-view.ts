import type { Position } from '@understudy/env-maze2d';
import type { CameraDefaults, MujocoModel, Simulation } from '@understudy/mujoco';
import { targetSite, wallMiddle } from './ant-maze-model.ts';

/** From the south and high above, so that walls hide little of the ways between them. */
export const mazeCamera: CameraDefaults = { camera: 'overview', azimuth: 90, elevation: -65 };

/**
 * Moves the ball that marks the goal. A model is shared by environments whose goals differ, so the place is written into
 * the simulation, where the next step overwrites it: to be called before each picture.
 */
export function markTarget(model: MujocoModel, simulation: Simulation, { x, y }: Position): void {
  simulation.site_xpos.set([x, y, wallMiddle], 3 * model.idOf('site', targetSite));
}
