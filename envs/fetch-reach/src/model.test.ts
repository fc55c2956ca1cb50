import { fileURLToPath } from 'node:url';
import { compareModelToCard, engineNames, loadEngine, readJsonFile } from '@understudy/mujoco';
import { expect, test } from 'vitest';
import { fetchReachModel, fetchReachModelOfTips } from './model.ts';

const card = readJsonFile(
  fileURLToPath(new URL('../../../test/fixtures/reference/model-FetchReach-v4.json.gz', import.meta.url)),
) as { geoms: { type: string }[] };

/** The card's geoms that are meshes: shapes of our own stand for them. */
const meshes = card.geoms.flatMap(({ type }, i) => (type === 'mjGEOM_MESH' ? [i] : []));

test.each(engineNames)('on %s the compiled model equals the card in all but the shapes of meshes', async (name) => {
  const model = (await loadEngine(name)).compile(fetchReachModel);
  const differences = compareModelToCard(model, card, 1e-14);
  const others = differences.filter(({ path }) => !meshes.some((i) => path.startsWith(`geoms[${i}].`)));
  expect(others).toEqual([
    { path: 'size.nmesh', expected: 18, actual: 0 },
    // The bits by which base and fingers touch the floor and the table but not each other.
    { path: 'geoms[0].conaffinity', expected: 1, actual: 3 },
    { path: 'geoms[17].conaffinity', expected: 1, actual: 0 },
    { path: 'geoms[18].conaffinity', expected: 1, actual: 0 },
  ]);
  const kept = /\.(name|body|condim|friction|margin|gap|solref|solimp|solmix|priority)\b/;
  expect(differences.filter(({ path }) => kept.test(path))).toEqual([]);
  model.delete();
});

test.each(engineNames)('on %s points at the fingertips change no body, joint or weld', async (name) => {
  const model = (await loadEngine(name)).compile(fetchReachModelOfTips);
  const differences = compareModelToCard(model, card, 1e-14).map(({ path }) => path);
  expect(differences).toEqual(['size.ngeom', 'size.nmesh', 'geoms.length']);
  model.delete();
});
