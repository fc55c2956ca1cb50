import { closeSync, existsSync, fstatSync, openSync, readSync } from 'node:fs';
import { InputError } from '@understudy/errors';
import type { ActionBounds } from '@understudy/training';
import { RowBuffer } from './row-buffer.ts';
import type { SegmentLayout, SegmentRows, SegmentSource } from './segment.ts';

/** What {@link replaySource} needs. */
export interface ReplayParts {
  /** `replay.bin` of a run directory. */
  readonly file: string;
  /** Steps of the training whose transitions are taken: all up to then. */
  readonly steps: number;
  /** What the environment takes; the file has actions in [-1, 1]. */
  readonly bounds: ActionBounds;
}

const magic = 'UNDREPL1';
const headerBytes = 64;

/**
 * Everything that an off-policy learner saw up to a step, in the order it saw it: D4RL's `medium-replay`. Of several
 * environments side by side, one comes after the other; an episode that was under way is cut off.
 *
 * @throws InputError when the file is none, was damaged, or no longer holds the first of the steps.
 */
export function replaySource({ file, steps, bounds }: ReplayParts): SegmentSource {
  if (!existsSync(file)) {
    throw new InputError(`There is no ${file}: name the run of a learner that replays, or let the recipe train one.`);
  }
  const { slots, count, observationSize, actionSize } = readHeader(file);
  const records = Math.floor(steps / count);
  if (records > slots) {
    throw new InputError(
      `${file} holds ${slots * count} transitions and ${steps} were asked for, so train with a replayCapacity of that size.`,
    );
  }
  const layout: SegmentLayout = { observationSize, actionSize, nextObservations: true, infos: {} };
  return { ...layout, segment: async () => readRows(file, layout, { records, count, bounds }) };
}

function readHeader(file: string) {
  const header = Buffer.alloc(headerBytes);
  const descriptor = openSync(file, 'r');
  const bytes = readSync(descriptor, header, 0, headerBytes, 0);
  const { size } = fstatSync(descriptor);
  closeSync(descriptor);
  const [slots, count, observationSize, actionSize] = [8, 12, 16, 20].map((at) => header.readUInt32LE(at));
  const recordBytes = count * (4 * (2 * observationSize + actionSize + 1) + 2);
  const fits = bytes === headerBytes && header.toString('latin1', 0, 8) === magic && count > 0 && actionSize > 0;
  if (fits && observationSize > 0 && size <= headerBytes + slots * recordBytes) {
    return { slots, count, observationSize, actionSize };
  }
  throw new InputError(`${file} is no replay file of a run, or was damaged; choose another run.`);
}

function readRows(
  file: string,
  layout: SegmentLayout,
  { records, count, bounds }: { records: number; count: number; bounds: ActionBounds },
): SegmentRows {
  const { observationSize: size, actionSize } = layout;
  const recordBytes = count * (4 * (2 * size + actionSize + 1) + 2);
  const record = new Uint8Array(recordBytes);
  const floats = new Float32Array(record.buffer, 0, count * (2 * size + actionSize + 1));
  const actionsAt = count * size;
  const rewardsAt = actionsAt + count * actionSize;
  const nextAt = rewardsAt + count;
  const flagsAt = 4 * floats.length;
  const rows = new RowBuffer(layout, Math.max(1, records * count));
  const descriptor = openSync(file, 'r');
  try {
    for (let env = 0; env < count; env++) {
      for (let step = 0; step < records; step++) {
        if (readSync(descriptor, record, 0, recordBytes, headerBytes + step * recordBytes) < recordBytes) {
          throw new InputError(`${file} ends before step ${step * count}, so ask for no more than the run has done.`);
        }
        rows.put('observations', floats.subarray(env * size, (env + 1) * size));
        const scaled = floats.subarray(actionsAt + env * actionSize, actionsAt + (env + 1) * actionSize);
        stretch(scaled, bounds);
        rows.put('actions', scaled);
        const terminated = record[flagsAt + env] === 1;
        const truncated = record[flagsAt + count + env] === 1 || step === records - 1;
        const next = floats.subarray(nextAt + env * size, nextAt + (env + 1) * size);
        rows.next(floats[rewardsAt + env], terminated, truncated && !terminated, next);
      }
    }
  } finally {
    closeSync(descriptor);
  }
  return rows.take();
}

/** From [-1, 1] to the environment's bounds, in place. */
function stretch(actions: Float32Array, { low, high }: ActionBounds): void {
  for (let k = 0; k < actions.length; k++) actions[k] = low[k] + 0.5 * (actions[k] + 1) * (high[k] - low[k]);
}
