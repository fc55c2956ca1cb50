export { BaseMujocoEnv, type MujocoEnvSetup, openModel } from './base-mujoco-env.ts';
export { CentreOfMass } from './centre-of-mass.ts';
export { controlCost } from './control-cost.ts';
export type { GeomType, JointType } from './engine/element-types.ts';
export type { CompileOptions, MujocoEngine } from './engine/engine.ts';
export type { ContactMargin, EngineName } from './engine/host.ts';
export { engineNames } from './engine/host.ts';
export { loadEngine } from './engine/load-engine.ts';
export type { ModelNames, MujocoModel } from './engine/model.ts';
export type { Simulation } from './engine/simulation.ts';
export { commonDefaults, type MujocoEnvOptions, type Range, readOptions } from './env-options.ts';
export { type ModelFile, readModelFile } from './model-file.ts';
export { MujocoEnv, unboundedBox } from './mujoco-env.ts';
export { type GoalObservationSizes, MujocoGoalEnv } from './mujoco-goal-env.ts';
export { checkAgainstReference, compareInfoWithReference, type ReferenceCheck } from './reference/check-reference.ts';
export { type CardDifference, compareModelToCard } from './reference/model-card.ts';
export { parseReference, type Reference, readJsonFile } from './reference/reference-file.ts';
export type { CameraDefaults } from './scene-camera.ts';
export {
  type SceneFrame,
  type SceneGeom,
  type SceneGeometry,
  type SceneJoint,
  sceneGeometry,
} from './scene-geometry.ts';
