import './register.ts';

export { FetchReachEnv, type FetchReachId, type FetchReachOptions } from './fetch-reach-env.ts';
export { HiddenGoal, type MakeFetchReachOptions, makeFetchReach } from './hidden-goal.ts';
export { fetchReachModel } from './model.ts';
export {
  type ProportionalControllerOptions,
  proportionalController,
  type ReachController,
} from './proportional-controller.ts';
