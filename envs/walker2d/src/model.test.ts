import { fileURLToPath } from 'node:url';
import { compareModelToCard, engineNames, loadEngine, readJsonFile } from '@understudy/mujoco';
import { describe, expect, test } from 'vitest';
import { walker2dModel } from './model.ts';

const card = (version: string) =>
  readJsonFile(
    fileURLToPath(new URL(`../../../test/fixtures/reference/model-Walker2d-${version}.json.gz`, import.meta.url)),
  );

describe.each(engineNames)('on %s', (name) => {
  // The cards are of MuJoCo 3.14.0; 3.3.8 diagonalises inertias with other roundings.
  const tolerance = name === '@mujoco/mujoco' ? 0 : 1e-14;

  test.each([
    ['v4', 0.9],
    ['v5', 1.9],
  ])('the compiled model equals the card of %s in every field', async (version, rightFootFriction) => {
    const model = (await loadEngine(name)).compile(walker2dModel(rightFootFriction));
    expect(compareModelToCard(model, card(version), tolerance)).toEqual([]);
    model.delete();
  });
});
