export { InferenceClient, type InferenceClientOptions, type Inferred } from './inference-client.ts';
export { type InferenceFigures, InferenceServer, type InferenceServerOptions } from './inference-server.ts';
export { forwardElsewhere, publishPolicies } from './publish-policies.ts';
export { type CreateServedNetwork, createKernelNetwork, loadParameters, type ServedNetwork } from './served-network.ts';
