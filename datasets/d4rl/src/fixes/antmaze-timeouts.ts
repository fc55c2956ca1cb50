import { InputError } from '@understudy/errors';
import { checkPlaces, stepLengths } from './continuity.ts';
import type { ColumnFix } from './fix.ts';

/** An ant moves less than this in 0.1 s; what moves farther was put back to a start. */
const longestStep = 2;

/**
 * The first antmaze files mark timeouts rows away from where the ant was put back. A row gets one exactly where the next
 * row is not near it and it is no terminal; the last row keeps its own.
 */
export const antmazeTimeouts: ColumnFix = {
  column: 'timeouts',
  check(path, file) {
    checkPlaces('antmaze-timeouts', path, file, 29);
    if (file.has('timeouts')) return;
    throw new InputError(
      `The fix "antmaze-timeouts" is for files with timeouts and ${path} has none, so leave it out.`,
    );
  },
  correct(rows, start, file) {
    const lengths = stepLengths(file, start, rows.length);
    const terminals = file.read('terminals', start, start + rows.length);
    for (let i = 0; i < rows.length; i++) {
      if (!Number.isNaN(lengths[i])) rows[i] = lengths[i] > longestStep && terminals[i] === 0 ? 1 : 0;
    }
  },
};
