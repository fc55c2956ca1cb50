import type { MazeLayout } from './layout.ts';
import { contactDistance } from './particle.ts';

/** How far from the end of a wall the expert passes it, metres. */
const clearance = 0.01;
/** Gains of the goal's controller: newtons a metre and a metre a second, on top of the damping. */
const positionGain = 20;
const velocityGain = 2;

/**
 * The scripted expert of the mazes: at full force round the end of the next wall, then onto the goal and there to rest.
 * It sees the velocity, which the observation hides.
 *
 * @param state - Position and velocity, `[4]`.
 * @param action - Takes the action, `[2]`; a new array unless given.
 */
export function walledMazeExpert(
  layout: MazeLayout,
  state: ArrayLike<number>,
  action: Float32Array = new Float32Array(2),
): Float32Array {
  const [x, y, vx, vy] = [state[0], state[1], state[2], state[3]];
  const next = layout.walls.find((wall) => y < wall.y);
  if (next === undefined) {
    const [goalX, goalY] = layout.goal;
    action[0] = push(positionGain * (goalX - x) - velocityGain * vx, layout.force);
    action[1] = push(positionGain * (goalY - y) - velocityGain * vy, layout.force);
    return action;
  }
  const gapAtLeft = next.x1 > layout.left;
  const passX = gapAtLeft ? next.x1 - contactDistance - clearance : next.x2 + contactDistance + clearance;
  const dx = passX - x;
  const dy = next.y + contactDistance - y;
  const scale = 1 / Math.max(Math.abs(dx), Math.abs(dy));
  action[0] = scale * dx;
  action[1] = scale * dy;
  return action;
}

/** The action for a force. */
function push(force: number, limit: number): number {
  return Math.max(-1, Math.min(1, force / limit));
}
