import type { Box, Env, EnvMetadata, EnvState, ResetOptions, ResetResult, StepResult, StepSignals } from '../index.ts';

export interface DriftOptions {
  limit?: number;
  trouble?: 'none' | 'throw' | 'exit';
  discrete?: boolean;
}

export class DriftEnv implements Env<Float64Array, Float32Array> {
  constructor(options?: DriftOptions);
  id: string;
  metadata: EnvMetadata;
  observationSpace: Box<Float64Array>;
  actionSpace: Box;
  unwrapped: DriftEnv;
  state: Float64Array;
  closed: number;
  steps: number;
  reset(options?: ResetOptions): ResetResult<Float64Array>;
  step(action: Float32Array): StepResult<Float64Array>;
  stepInto(action: Float32Array, out: Float32Array, offset: number): StepSignals;
  render(): null;
  saveState(): EnvState;
  restoreState(state: EnvState): void;
  close(): void;
}
