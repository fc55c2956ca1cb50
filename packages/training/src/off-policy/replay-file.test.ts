import { truncateSync } from 'node:fs';
import { join } from 'node:path';
import { defaultRng } from '@understudy/random';
import { expect, test } from 'vitest';
import { temporaryDirectory } from '../testing/temporary-directory.ts';
import { ReplayBuffer } from './replay-buffer.ts';
import { ReplayFile } from './replay-file.ts';

const options = { capacity: 20, observationSize: 3, actionSize: 2, count: 2, gamma: 0.99 };

function addRandomSteps(buffer: ReplayBuffer, steps: number, seed: number): void {
  const generator = defaultRng(seed);
  const normals = (length: number) => Float32Array.from({ length }, () => generator.standardNormal());
  const flags = () => Uint8Array.from({ length: 2 }, () => Number(generator.random() < 0.3));
  for (let t = 0; t < steps; t++) {
    buffer.add({
      observations: normals(6),
      actions: normals(4),
      rewards: normals(2),
      nextObservations: normals(6),
      terminated: flags(),
      truncated: flags(),
    });
  }
}

function columns({ observations, actions, rewards, nextObservations, terminated, truncated }: ReplayBuffer) {
  return [observations, actions, rewards, nextObservations, terminated, truncated].map((column) => [...column]);
}

test.each([4, 10, 13, 37])('after a crash the file still holds the %i steps of the last checkpoint', (steps) => {
  const path = join(temporaryDirectory(), 'replay.bin');
  const buffer = new ReplayBuffer(options);
  const file = new ReplayFile(path, buffer, 8);
  addRandomSteps(buffer, steps - 3, 1);
  file.sync();
  addRandomSteps(buffer, 3, 2);
  file.sync();
  const expected = columns(buffer);
  // Newer steps that no checkpoint knows of, as many as come between two checkpoints.
  addRandomSteps(buffer, 8, 3);
  file.sync();
  file.close();

  const restored = new ReplayBuffer(options);
  const reopened = new ReplayFile(path, restored, 8);
  reopened.restore(steps);
  expect(columns(restored)).toEqual(expected);
  expect(restored.size).toBe(Math.min(20, 2 * steps));
  // It goes on writing where it stands.
  addRandomSteps(restored, 5, 4);
  reopened.sync();
  const after = new ReplayBuffer(options);
  new ReplayFile(path, after, 8).restore(steps + 5);
  expect(columns(after)).toEqual(columns(restored));
});

test('the file of another buffer and a cut one are refused', () => {
  const path = join(temporaryDirectory(), 'replay.bin');
  const buffer = new ReplayBuffer(options);
  const file = new ReplayFile(path, buffer, 8);
  addRandomSteps(buffer, 6, 1);
  file.sync();
  file.close();
  expect(() => new ReplayFile(path, new ReplayBuffer({ ...options, actionSize: 3 }), 8)).toThrow(
    'is not the replay buffer of this configuration',
  );
  truncateSync(path, 300);
  expect(() => new ReplayFile(path, new ReplayBuffer(options), 8).restore(6)).toThrow("can't be resumed");
  expect(() => new ReplayFile(join(path, 'inside'), new ReplayBuffer(options), 8)).toThrow('Could not write');
});
