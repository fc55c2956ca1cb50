import { InputError } from '@understudy/errors';

/** After which steps pictures are drawn, and how many of them are shown a second. */
export interface Timing {
  readonly steps: readonly number[];
  readonly fps: number;
}

/** What GIF can show; and from where on steps are left out unless the user tells how many. */
const fastest = 50;
const smooth = 34;
/** Simulated seconds unless told. */
const defaultSeconds = 5;

/** How many steps to draw: those told, or the seconds' worth of an environment that takes `renderFps` a second. */
export function rolloutSteps({ steps, seconds }: { steps?: number; seconds?: number }, renderFps: number): number {
  return steps ?? Math.max(1, Math.round((seconds ?? defaultSeconds) * renderFps));
}

/**
 * When to draw for an animation in real time, or at another rate if one is told.
 *
 * @throws InputError if that would be more than GIF can show.
 */
export function animationTiming(steps: number, renderFps: number, told: { every?: number; fps?: number }): Timing {
  const every = told.every ?? Math.max(1, Math.ceil(renderFps / smooth));
  const fps = told.fps ?? renderFps / every;
  if (fps > fastest) {
    throw new InputError(
      `a GIF shows at most ${fastest} pictures a second, not ${fps}: give a larger --every or a smaller --fps`,
    );
  }
  return { steps: Array.from({ length: Math.floor(steps / every) + 1 }, (_, i) => i * every), fps };
}

/** When to draw for a film strip: from the start to the last step, evenly; never more pictures than moments. */
export function stripSteps(steps: number, frames: number): Pick<Timing, 'steps'> {
  const count = Math.min(frames, steps + 1);
  if (count === 1) return { steps: [steps] };
  return { steps: Array.from({ length: count }, (_, i) => Math.round((i * steps) / (count - 1))) };
}
