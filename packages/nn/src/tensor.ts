export { applyMlp, type MlpForm } from './tensor-mlp.ts';
export { type AwaitableNetwork, createTensorNetwork, type TensorNetwork } from './tensor-network.ts';
