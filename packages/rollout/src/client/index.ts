export { AsyncRemoteVectorEnv } from './async-remote-vector-env.ts';
export type { ConnectOptions, RecoveryOptions, RemoteVectorOptions } from './client-options.ts';
export { connect, EnvironmentClient } from './connect.ts';
export { connectInProcess, type InProcessClient } from './connect-in-process.ts';
export { RemoteEnv, type RemoteEnvOptions } from './remote-env.ts';
export { RemoteVectorEnv } from './remote-vector-env.ts';
export { readStepInfos, type StepInfos } from './step-infos.ts';
export { TimeoutError } from './timeout-error.ts';
