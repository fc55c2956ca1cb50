import type { DrawingName } from '@understudy/env-drawings';
import type { DemonstratedCurve } from '@understudy/generate';
import { makeFromSource } from './from-source.ts';
import type { DatasetRecipe } from './recipe.ts';
import { countSetting, numberSetting } from './settings.ts';

/** Ten cubic curves, the data of the latent-action experiment. */
const cubicRecipe: DatasetRecipe = {
  name: 'cubic-curves',
  summary: 'cubics drawn from left to right, 20 steps each',
  settings: { count: 10 },
  async make(request, context) {
    const [{ cubicDemonstrations, pointCount, pointX }, { curvesSource }] = await Promise.all([
      import('@understudy/env-cubic-curves'),
      import('@understudy/generate'),
    ]);
    const count = countSetting(request.settings, 'count');
    const draw = (seed: number): DemonstratedCurve[] => {
      const { curves } = cubicDemonstrations({ count, seed });
      return Array.from({ length: count }, (_, i) => {
        const ys = curves.subarray(i * pointCount, (i + 1) * pointCount);
        const states = Array.from(ys).flatMap((y, k) => [pointX(k), y]);
        return { states, actions: Array.from({ length: pointCount - 1 }, (_, k) => ys[k + 1] - ys[k]) };
      });
    };
    const source = curvesSource({ stateSize: 2, actionSize: 1, terminal: true, draw });
    const transitions = request.transitions ?? count * (pointCount - 1);
    const metadata = { environment: 'CubicCurves-v0', algorithm: 'drawn' };
    return makeFromSource(this.name, source, transitions, metadata, request, context);
  },
};

const drawings: readonly [name: DrawingName, environment: string, summary: string][] = [
  ['path1', 'DrawingPath1-v0', 'noisy copies of an S'],
  ['circle', 'DrawingCircle-v0', 'noisy copies of a circle'],
  ['mouse1', 'DrawingMouse1-v0', 'a stem that fans out into three tails, drawn by hand'],
  ['mouse2', 'DrawingMouse2-v0', 'a loop that comes close to its own start, drawn by hand'],
];

const drawingRecipes = drawings.map(
  ([name, environment, summary]): DatasetRecipe => ({
    name: `drawing-${name}`,
    summary,
    settings: { count: 20, noise: name.startsWith('mouse') ? 0.06 : 0.01 },
    async make(request, context) {
      const [{ drawingDemonstrations }, { curvesSource }] = await Promise.all([
        import('@understudy/env-drawings'),
        import('@understudy/generate'),
      ]);
      const count = countSetting(request.settings, 'count');
      const noise = numberSetting(request.settings, 'noise');
      const draw = (seed: number) =>
        drawingDemonstrations(name, { count, noise, seed }).map(({ positions }) => ({
          states: positions,
          actions: positions.subarray(2).map((position, i) => position - positions[i]),
        }));
      const source = curvesSource({ stateSize: 2, actionSize: 2, terminal: false, draw });
      const metadata = { environment, algorithm: 'drawn', noise };
      return makeFromSource(this.name, source, request.transitions, metadata, request, context);
    },
  }),
);

export const drawnRecipes: readonly DatasetRecipe[] = [cubicRecipe, ...drawingRecipes];
