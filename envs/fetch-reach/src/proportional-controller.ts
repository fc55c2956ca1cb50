import { InputError } from '@understudy/errors';

/** Options of {@link proportionalController}. */
export interface ProportionalControllerOptions {
  /** Action per metre from the goal; 20 would go the whole way in one step as far as 5 cm reach. Default 10. */
  gain?: number;
}

/**
 * Acts from where the gripper is and where it shall be, both `[3]` in metres (an observation of FetchReach begins with
 * the gripper's place). Writes the action, float32 `[4]`, into `out` if it is given.
 */
export type ReachController = (
  gripper: ArrayLike<number>,
  goal: ArrayLike<number>,
  out?: Float32Array<ArrayBuffer>,
) => Float32Array<ArrayBuffer>;

/**
 * A scripted expert for FetchReach: `clip(gain * (goal - gripper), -1, 1)`, fingers at rest.
 *
 * @throws InputError unless the gain is a positive number.
 */
export function proportionalController({ gain = 10 }: ProportionalControllerOptions = {}): ReachController {
  if (!Number.isFinite(gain) || gain <= 0) {
    throw new InputError(`the gain of the proportional controller is ${gain}, expected a positive number`);
  }
  return (gripper, goal, out = new Float32Array(4)) => {
    for (let i = 0; i < 3; i++) out[i] = Math.max(-1, Math.min(1, gain * (goal[i] - gripper[i])));
    out[3] = 0;
    return out;
  };
}
