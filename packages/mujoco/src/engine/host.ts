import type { RawModule } from './wasm-module.ts';

/** The npm packages that carry MuJoCo: `mujoco-js` is 3.3.8 and the faster one, `@mujoco/mujoco` is 3.14.0. */
export type EngineName = 'mujoco-js' | '@mujoco/mujoco';

export const engineNames: readonly EngineName[] = ['mujoco-js', '@mujoco/mujoco'];

/**
 * How the margins of two geoms make the margin of their contact.
 *
 * - `sum`: a + b, MuJoCo since 3.5 and what Gymnasium gives today.
 * - `max`: the larger one, MuJoCo 2 to 3.3, so what D4RL's data and the published results were made with.
 */
export type ContactMargin = 'sum' | 'max';

/** What an engine is and follows. */
export interface EngineFacts {
  readonly name: EngineName;
  /** MuJoCo's version, `3.3.8`. */
  readonly version: string;
  /** The rule that this MuJoCo follows by itself; the other one is had by rewriting the compiled margins. */
  readonly nativeContactMargin: ContactMargin;
}

/** Something that holds views of the heap. */
export interface ViewHolder {
  refreshViews(): void;
}

/** What models and simulations ask of the engine they live in. */
export interface EngineHost extends EngineFacts {
  readonly module: RawModule;
  /** Runs a call into MuJoCo; what it throws becomes an error that carries MuJoCo's words. */
  guard<T>(call: () => T): T;
  /** The error for what a call into MuJoCo has thrown. */
  failure(thrown: unknown): Error;
  /** Keeps a holder's views valid from now on. */
  adopt(holder: ViewHolder): void;
  release(holder: ViewHolder): void;
  /** Renews all views if the heap has moved; one comparison if it hasn't. */
  refreshMovedViews(): void;
}
