import { InputError, nearestNames } from '@understudy/errors';

/**
 * The goal that a caller chose for an episode, if any.
 *
 * @param options - Those of `reset`: `{ goal: [x, y, z] }` or nothing.
 * @throws InputError for another option, or a goal that isn't three finite numbers.
 */
export function readGoal(id: string, options: Record<string, unknown>): ArrayLike<number> | undefined {
  const unknown = Object.keys(options).find((name) => name !== 'goal');
  if (unknown !== undefined) {
    const near = nearestNames(unknown, ['goal'])[0];
    throw new InputError(
      `reset of ${id} has no option "${unknown}"; ${near ? `did you mean "${near}"?` : 'it takes goal: [x, y, z]'}`,
    );
  }
  const { goal } = options;
  if (goal === undefined) return undefined;
  const numbers = Array.isArray(goal) || goal instanceof Float64Array || goal instanceof Float32Array ? goal : [];
  if (numbers.length !== 3 || !Array.from(numbers).every(Number.isFinite)) {
    throw new InputError(
      `the goal of ${id} is ${JSON.stringify(goal)}, expected a point [x, y, z] in metres, three finite numbers`,
    );
  }
  return numbers;
}
