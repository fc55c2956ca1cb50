export * as tf from '@tensorflow/tfjs-core';
export {
  type TensorBackendChoice,
  type TensorBackendName,
  tensorBackendChoices,
  tensorBackendNames,
} from './backend-names.ts';
export { DeviceMirror, type DeviceMirrorOptions, type HostOptimizer, type HostParameters } from './device-mirror.ts';
export { DeviceParameters, type NamedTensors, type TensorSlot } from './device-parameters.ts';
export {
  type DeviceGradient,
  type DeviceLoss,
  type DeviceLossValue,
  type DeviceStatistics,
  DeviceUpdate,
  type DeviceUpdateOptions,
} from './device-update.ts';
export { standardNormal, uniform } from './draws.ts';
export { FlatAdam, type FlatAdamOptions, type FlatAdamState } from './flat-adam.ts';
export { leakCheck } from './leak-check.ts';
export {
  type LoadTensorBackendOptions,
  loadTensorBackend,
  type TensorBackend,
} from './load-backend.ts';
export { type BackendFacts, type BackendSurvey, surveyTensorBackends } from './survey-backends.ts';
