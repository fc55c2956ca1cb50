import './register.ts';

export { CubicCurvesEnv } from './cubic-curves-env.ts';
export { type CubicCoefficients, cubicAt, cubicIncrement, pointCount, pointX, spacing } from './curves.ts';
export { type CubicDemonstrations, cubicDemonstrations, drawCubic } from './demonstrations.ts';
export {
  type CubicEvaluation,
  type CubicFit,
  evaluateCubics,
  fitCubic,
  oneStepResidual,
} from './evaluation.ts';
