import './register.ts';

export { type DrawingDemonstrationOptions, type DrawingTrajectory, drawingDemonstrations } from './demonstrations.ts';
export { DrawingEnv, drawingActions, drawingSteps } from './drawing-env.ts';
export { type DrawingName, drawingLength, drawingNames, drawingReferences } from './shapes.ts';
