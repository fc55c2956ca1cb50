import { checkPlaces, stepLengths } from './continuity.ts';
import type { ColumnFix } from './fix.ts';

/** A step moves the ball by 0.05 m at most: 5 m/s for 0.01 s. What moves farther was put somewhere else. */
const longestStep = 0.2;

/**
 * D4RL's maze2d files reward a row for the place that it begins at. Each row gets the reward stored one row later, which
 * is that of the place its action led to. Rows before a jump, and the last one, keep theirs.
 */
export const maze2dRewards: ColumnFix = {
  column: 'rewards',
  check: (path, file) => checkPlaces('maze2d-rewards', path, file, 4),
  correct(rows, start, file) {
    const lengths = stepLengths(file, start, rows.length);
    const stored = file.read('rewards', start, Math.min(file.transitions, start + rows.length + 1));
    for (let i = 0; i < rows.length; i++) if (lengths[i] <= longestStep) rows[i] = stored[i + 1];
  },
};
