import * as fs from 'node:fs';
import { join } from 'node:path';
import { isInputError } from '@understudy/errors';
import fc from 'fast-check';
import { beforeEach, expect, test, vi } from 'vitest';
import { D4rlWriter } from './d4rl-writer.ts';
import { readD4rl } from './read-d4rl.ts';
import { recording } from './testing/recording.ts';
import { scratchDirectory } from './testing/scratch.ts';
import { writeD4rl } from './write-d4rl.ts';

/** Bytes after which the disk is full. */
let space = Number.POSITIVE_INFINITY;

vi.mock('node:fs', async (original) => {
  const actual = await original<typeof fs>();
  const writeSync = (
    ...[descriptor, bytes, offset, length, position]: [number, Uint8Array, number, number, number]
  ) => {
    if (length > space) throw Object.assign(new Error('no space'), { code: 'ENOSPC' });
    space -= length;
    return actual.writeSync(descriptor, bytes, offset, length, position);
  };
  return { ...actual, writeSync };
});

beforeEach(() => {
  space = Number.POSITIVE_INFINITY;
});

test('what is written is read back, for any sizes, types and columns', async () => {
  const directory = scratchDirectory();
  const cases = fc.record({
    rows: fc.integer({ min: 1, max: 200 }),
    observationSize: fc.integer({ min: 1, max: 20 }),
    actionSize: fc.integer({ min: 1, max: 6 }),
    double: fc.boolean(),
    compression: fc.integer({ min: 0, max: 9 }),
    next: fc.boolean(),
    timeouts: fc.boolean(),
    infoShapes: fc.dictionary(
      fc.stringMatching(/^[a-z_]{1,12}$/),
      fc.array(fc.integer({ min: 1, max: 4 }), { maxLength: 2 }),
      { maxKeys: 3 },
    ),
    metadata: fc.dictionary(
      fc.string({ minLength: 1 }).filter((name) => !/[/\0]/.test(name) && name !== '.'),
      fc.oneof(
        fc.string().filter((text) => !text.includes('\0')),
        fc.double(),
        fc.boolean(),
        fc.integer(),
      ),
      { maxKeys: 4 },
    ),
    numbers: fc.infiniteStream(fc.double()),
    flags: fc.infiniteStream(fc.boolean()),
  });
  let file = 0;
  await fc.assert(
    fc.asyncProperty(
      cases,
      async ({ rows, observationSize, actionSize, double, compression, numbers, flags, ...rest }) => {
        const path = join(directory, `${file++}.hdf5`);
        const floats = (length: number) => {
          const values = double ? new Float64Array(length) : new Float32Array(length);
          return values.map(() => numbers.next().value as number);
        };
        const booleans = () => Uint8Array.from({ length: rows }, () => (flags.next().value ? 1 : 0));
        const columns = {
          observations: floats(rows * observationSize),
          actions: floats(rows * actionSize),
          rewards: floats(rows),
          terminals: booleans(),
          timeouts: rest.timeouts ? booleans() : undefined,
          nextObservations: rest.next ? floats(rows * observationSize) : undefined,
          infos: Object.fromEntries(
            Object.entries(rest.infoShapes).map(([name, shape]) => {
              const width = shape.reduce((product, n) => product * n, 1);
              return [name, { data: floats(rows * width), shape: [rows, ...shape] }];
            }),
          ),
          metadata: rest.metadata,
        };
        await writeD4rl(path, columns, { compression });
        const { timeouts, ...read } = await readD4rl(path);
        const { timeouts: wanted, ...others } = columns;
        expect(read).toMatchObject({ ...others, transitions: rows, observationSize, actionSize });
        expect(Object.keys(read.metadata).sort()).toEqual(Object.keys(rest.metadata).sort());
        expect(timeouts).toEqual(wanted ?? new Uint8Array(rows));
        expect(read.timeoutsStored).toBe(rest.timeouts);
      },
    ),
    { numRuns: 60, seed: 3 },
  );
});

test('the same rows give the same bytes, at any time and in any blocks', async () => {
  const directory = scratchDirectory();
  const rows = recording(`${'.'.repeat(39_999)}C`);
  const metadata = { algorithm: 'PPO', iteration: 3 };
  const at = (name: string) => join(directory, name);
  vi.useFakeTimers({ toFake: ['Date'], now: 0 });
  await writeD4rl(at('a.hdf5'), rows, { metadata });
  vi.setSystemTime(1e12);
  const writer = new D4rlWriter(at('b.hdf5'), { observationSize: 2, actionSize: 1, metadata });
  for (let start = 0; start < rows.transitions; start += 777) {
    const end = Math.min(rows.transitions, start + 777);
    writer.append({
      observations: rows.observations.subarray(2 * start, 2 * end),
      actions: rows.actions.subarray(start, end),
      rewards: rows.rewards.subarray(start, end),
      terminals: rows.terminals.subarray(start, end),
      timeouts: rows.timeouts.subarray(start, end),
    });
  }
  writer.close();
  vi.useRealTimers();
  expect(fs.readFileSync(at('b.hdf5')).equals(fs.readFileSync(at('a.hdf5')))).toBe(true);
  expect(fs.readdirSync(directory)).toEqual(['a.hdf5', 'b.hdf5']);
});

test('the dtype option converts, flags become 0 and 1, integers keep their type', async () => {
  const path = join(scratchDirectory(), 'a.hdf5');
  const rows = recording('..T');
  rows.terminals[2] = 255;
  await writeD4rl(
    path,
    { ...rows, infos: { id: Int32Array.of(-1, 2, 3), success: Uint8Array.of(0, 7, 0) } },
    { dtype: 'float64' },
  );
  const read = await readD4rl(path);
  expect(read.observations).toEqual(Float64Array.from(rows.observations));
  expect(read.terminals).toEqual(Uint8Array.of(0, 0, 1));
  expect(read.infos).toEqual({
    id: { data: Int32Array.of(-1, 2, 3), shape: [3] },
    success: { data: Uint8Array.of(0, 7, 0), shape: [3] },
  });
});

/** Asserts that `action` ends in one InputError sentence that matches. */
async function expectRefusal(action: () => Promise<unknown>, message: RegExp): Promise<void> {
  const error: unknown = await action().then(
    () => undefined,
    (reason) => reason,
  );
  expect(error).toSatisfy(isInputError);
  expect((error as Error).message).toMatch(message);
  expect((error as Error).message).toMatch(/^[^\n]+, so [^\n]+\.$/);
}

test.each([0, 100, 5_000, 30_000])(
  'a disk that is full after %i bytes leaves the earlier file whole and no other',
  async (bytes) => {
    const directory = scratchDirectory();
    const path = join(directory, 'a.hdf5');
    await writeD4rl(path, recording('..T'));
    const earlier = fs.readFileSync(path);
    space = bytes;
    await expectRefusal(() => writeD4rl(path, recording('.'.repeat(20_000)), { compression: 0 }), /the disk is full/);
    expect(fs.readFileSync(path).equals(earlier)).toBe(true);
    expect(fs.readdirSync(directory)).toEqual(['a.hdf5']);
  },
);

test('a path that cannot be written is refused', async () => {
  const directory = scratchDirectory();
  const rows = recording('..T');
  await expectRefusal(() => writeD4rl(join(directory, 'no', 'a.hdf5'), rows), /no does not exist/);
  await expectRefusal(() => writeD4rl(directory, rows), /is a directory/);
  fs.writeFileSync(join(directory, 'file'), '');
  await expectRefusal(() => writeD4rl(join(directory, 'file', 'a.hdf5'), rows), /file is not a directory/);
});

test('columns that do not fit each other are refused', async () => {
  const directory = scratchDirectory();
  const path = join(directory, 'a.hdf5');
  const rows = recording('..T');
  const refused = (columns: object, message: RegExp, options = {}) =>
    expectRefusal(() => writeD4rl(path, { ...rows, ...columns }, options), message);
  await refused({ observations: new Float32Array(7) }, /"observations" has 7 numbers/);
  await refused({ actions: new Float32Array(0) }, /"actions" has 0 numbers/);
  await refused({ terminals: new Uint8Array(2) }, /"terminals" has 2 numbers where 3/);
  await refused({ nextObservations: new Float32Array(9) }, /"next_observations" has 9 numbers/);
  await refused({ rewards: new Float32Array(0) }, /nothing to write/);
  await refused({}, /compression is 10/, { compression: 10 });
  await refused({ infos: { 'a/b': new Float32Array(3) } }, /"infos\/a\/b" is no name/);
  await refused({}, /metadata\/x is no string/, { metadata: { x: null } });
  await refused({}, /metadata\/x has 3 numbers/, { metadata: { x: { data: new Float32Array(3), shape: [2] } } });
  expect(fs.readdirSync(directory)).toEqual([]);
});

test('a writer that recorded nothing, or was discarded, leaves no file', () => {
  const directory = scratchDirectory();
  const writer = () => new D4rlWriter(join(directory, 'a.hdf5'), { observationSize: 2, actionSize: 1 });
  expect(() => writer().close()).toThrow('Nothing was recorded');
  const discarded = writer();
  discarded.append(recording('...'));
  expect(discarded.transitions).toBe(3);
  discarded.discard();
  expect(() => discarded.append(recording('.'))).toThrow('closed');
  expect(fs.readdirSync(directory)).toEqual([]);
});
