import { fileURLToPath } from 'node:url';
import { compareModelToCard, engineNames, loadEngine, readJsonFile } from '@understudy/mujoco';
import { expect, test } from 'vitest';
import { invertedPendulumModel } from './model.ts';

const card = readJsonFile(
  fileURLToPath(new URL('../../../test/fixtures/reference/model-InvertedPendulum-v5.json.gz', import.meta.url)),
);

test.each(engineNames)('on %s the compiled model equals the card in every field', async (name) => {
  // The card is of MuJoCo 3.14.0; 3.3.8 diagonalises inertias with other roundings.
  const tolerance = name === '@mujoco/mujoco' ? 0 : 1e-14;
  const model = (await loadEngine(name)).compile(invertedPendulumModel);
  expect(compareModelToCard(model, card, tolerance)).toEqual([]);
  model.delete();
});
