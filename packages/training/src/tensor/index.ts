export { criticValues, policyActions, valueRegressionLoss } from './critics.ts';
export { DeviceTraining, type DeviceTrainingOptions } from './device-training.ts';
export { type Transitions, uploadTransitions } from './transitions.ts';
