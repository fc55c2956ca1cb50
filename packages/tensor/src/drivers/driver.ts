import type { TensorBackendName } from '../backend-names.ts';

/** Whether a backend can be used here, and how. */
export type Finding =
  | {
      available: true;
      /** What it computes on: `TensorFlow 2.9.1`, the GPU's name. */
      detail: string;
      /** A GPU that is none, which `auto` passes over. */
      software?: boolean;
      /** Makes it tfjs's current backend. */
      activate(): Promise<void>;
    }
  | {
      available: false;
      /** A phrase that follows "because". */
      reason: string;
      /** Packages that would have to be installed first. */
      missing?: readonly string[];
    };

/** How one backend is found, set and repaired. */
export interface BackendDriver {
  readonly name: TensorBackendName;
  /** What it is, in a few words. */
  readonly summary: string;
  /** How to come by it: a phrase that follows "to use it,". */
  readonly remedy: string;
  /** Whether tensors can be read without waiting, by `dataSync`. */
  readonly synchronous: boolean;
  /** Loads what it needs and tries it; never throws for what is missing. */
  find(): Promise<Finding>;
}
