import { connectFourRecipe } from './connect-four.ts';
import { demonstrationRecipes } from './demonstrations.ts';
import { drawnRecipes } from './drawn.ts';
import { locomotionRecipes } from './locomotion.ts';
import { maze2dRecipes } from './maze2d.ts';
import { modeRecipes } from './modes.ts';
import type { DatasetRecipe } from './recipe.ts';

/** All datasets that can be made, by name. */
export const datasetRecipes: ReadonlyMap<string, DatasetRecipe> = new Map(
  [
    ...maze2dRecipes,
    connectFourRecipe,
    ...locomotionRecipes,
    ...modeRecipes,
    ...demonstrationRecipes,
    ...drawnRecipes,
  ].map((recipe) => [recipe.name, recipe]),
);
