import { createHash } from 'node:crypto';
import { expect, test } from 'vitest';
import { d4rlBaseUrl, d4rlCatalogue, d4rlEntry } from './catalogue.ts';

const entries = [...d4rlCatalogue().values()];

test("D4RL's 155 names, their addresses and its 147 reference scores are all here, and unchanged", () => {
  expect(entries.length).toBe(155);
  expect(new Set(entries.map(({ path }) => path)).size).toBe(155);
  expect(entries.filter(({ reference }) => reference !== undefined).length).toBe(147);
  // Over sorted lines "name address min max", made once from d4rl/infos.py.
  const lines = entries.map(
    ({ name, path, reference }) => `${name} ${d4rlBaseUrl}/${path} ${reference?.min} ${reference?.max}\n`,
  );
  expect(createHash('sha256').update(lines.sort().join('')).digest('hex')).toBe(
    'ce92b9ba7f900ab2369fa524dadf9b3eae918f15cf1e3e43659d3ac7f2c53a81',
  );
});

test('published sizes and checksums belong together, and no two files share one', () => {
  const published = entries.filter(({ sha256 }) => sha256 !== undefined);
  expect(published.length).toBe(97);
  expect(published.every(({ bytes, sha256 }) => bytes! > 1e6 && /^[0-9a-f]{64}$/.test(sha256!))).toBe(true);
  expect(new Set(published.map(({ sha256 }) => sha256)).size).toBe(97);
  expect(entries.filter(({ sha256, bytes }) => (sha256 === undefined) !== (bytes === undefined))).toEqual([]);
});

test('an entry tells what is known of a dataset', () => {
  expect(d4rlEntry('hopper-medium-replay-v0')).toMatchObject({
    path: 'gym_mujoco/hopper_mixed.hdf5',
    bytes: 10_983_879,
    observationSize: 11,
    actionSize: 3,
    maxEpisodeSteps: 1000,
    environment: 'Hopper-v4',
    reference: { min: -20.272305, max: 3234.3 },
  });
  expect(d4rlEntry('ant-random-expert-v0').reference).toBeUndefined();
  expect(d4rlEntry('pen-human-v1')).toMatchObject({ path: 'hand_dapg_v1/pen-human-v1.hdf5', environment: undefined });
  const fixes = (name: string) => d4rlEntry(name).faults.flatMap(({ fix = [] }) => fix);
  expect(fixes('maze2d-large-v1')).toEqual(['maze2d-rewards']);
  expect(fixes('antmaze-large-diverse-v0')).toEqual(['antmaze-timeouts']);
  expect(fixes('antmaze-large-diverse-v2')).toEqual([]);
});

test('an unknown name is refused with the nearest ones', () => {
  expect(() => d4rlEntry('halfcheeta-medium-v2')).toThrow(/no dataset "halfcheeta-medium-v2"; did you mean halfch/);
  expect(() => d4rlEntry('pong')).toThrow('"understudy dataset list" prints all');
});
