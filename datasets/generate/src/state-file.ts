import { readFileSync } from 'node:fs';
import type { StateDemonstrations } from '@understudy/d4rl';
import { InputError } from '@understudy/errors';
import { decodeSafetensors, encodeSafetensors, tensorOf } from '@understudy/nn';
import { writeFileAtomically } from '@understudy/training';

/** Version of the format; raised when a reader of the old one would go wrong. */
const format = 'understudy-state-demonstrations';
const version = '1';

/**
 * Writes demonstrations of states alone to a safetensors file: `states` `[states, stateSize]` as float32, `starts` and
 * `ends` `[demonstrations]` as int32. There are no actions in it, so it can't be mistaken for data that has some.
 *
 * @param metadata - Text beside it: what the states are, where they come from.
 */
export function writeStateDemonstrations(
  file: string,
  demonstrations: StateDemonstrations,
  metadata: Readonly<Record<string, string>> = {},
): void {
  const { states, stateSize, starts, ends } = demonstrations;
  const bytes = encodeSafetensors(
    [
      ['states', tensorOf(states, [states.length / stateSize, stateSize])],
      ['starts', tensorOf(starts)],
      ['ends', tensorOf(ends)],
    ],
    { ...metadata, format, format_version: version },
  );
  writeFileAtomically(file, bytes);
}

/**
 * Reads what {@link writeStateDemonstrations} wrote.
 *
 * @throws InputError when the file is none, was damaged, or its demonstrations don't lie within its states.
 */
export function readStateDemonstrations(file: string): StateDemonstrations & { metadata: Record<string, string> } {
  let content: ReturnType<typeof decodeSafetensors>;
  try {
    content = decodeSafetensors(readFileSync(file), file);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === undefined) throw error;
    throw new InputError(`${file} can't be read; check the path.`, { cause: error });
  }
  const { tensors, metadata } = content;
  const [states, starts, ends] = ['states', 'starts', 'ends'].map((name) => tensors.get(name));
  const fail = (reason: string): never => {
    throw new InputError(`${file} holds no demonstrations of states (${reason}); choose a file that was made as such.`);
  };
  if (metadata.format !== format || metadata.format_version !== version) return fail('its format is another');
  if (states?.dtype !== 'F32' || states.shape.length !== 2 || states.shape[1] < 1) return fail('states');
  if (starts?.dtype !== 'I32' || ends?.dtype !== 'I32' || starts.data.length !== ends.data.length)
    return fail('starts');
  const [rows, stateSize] = states.shape;
  const within = starts.data.every((start, i) => start >= 0 && start < ends.data[i] && ends.data[i] <= rows);
  if (!within || starts.data.length === 0) return fail('a demonstration lies outside of the states');
  return {
    demonstrations: starts.data.length,
    stateSize,
    starts: starts.data,
    ends: ends.data,
    states: states.data,
    metadata,
  };
}
