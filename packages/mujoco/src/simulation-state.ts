import { InputError } from '@understudy/errors';
import type { Simulation } from './engine/simulation.ts';

/** The arrays of mjData that the next step depends on, beside the time. */
const stateFields = ['qpos', 'qvel', 'act', 'qacc_warmstart', 'mocap_pos', 'mocap_quat'] as const;

/**
 * What the next step depends on as one string: time, then each array of the state, float64 little-endian in base64.
 * JSON numbers would lose the sign of zero.
 */
export function encodeSimulationState(simulation: Simulation): string {
  const values = [simulation.time, ...stateFields.flatMap((field) => Array.from(simulation[field]))];
  const bytes = new DataView(new ArrayBuffer(8 * values.length));
  values.forEach((value, i) => {
    bytes.setFloat64(8 * i, value, true);
  });
  return Buffer.from(bytes.buffer).toString('base64');
}

/**
 * Puts back what {@link encodeSimulationState} gave; everything that the state doesn't say (controls, applied forces) is
 * as after a reset.
 *
 * @param id - Of the environment that the simulation belongs to, for the message.
 * @throws InputError if it is no such state or belongs to a model of another size; the simulation stays as it is.
 */
export function decodeSimulationState(simulation: Simulation, state: unknown, id: string): void {
  const bytes = Buffer.from(typeof state === 'string' ? state : '', 'base64');
  const expected = 1 + stateFields.reduce((sum, field) => sum + simulation[field].length, 0);
  if (bytes.length !== 8 * expected) {
    throw new InputError(
      `the simulation state given to ${id} has ${bytes.length / 8} numbers, expected ${expected}; restore a state of ` +
        'the same model',
    );
  }
  let at = 0;
  const next = () => bytes.readDoubleLE(8 * at++);
  simulation.reset();
  simulation.time = next();
  for (const field of stateFields) {
    for (let i = 0; i < simulation[field].length; i++) simulation[field][i] = next();
  }
}
