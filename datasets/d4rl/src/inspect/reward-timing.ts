import type { InspectedBlock } from './inspected-block.ts';

/** What a maze's reward is computed of. */
export interface MazeTarget {
  readonly x: number;
  readonly y: number;
  /** Within it the sparse reward is 1. */
  readonly radius: number;
}

/** How many rewards agree with the place before the step only, or after it only. */
export interface RewardTiming {
  readonly before: number;
  readonly after: number;
}

/**
 * Tells whether a maze's sparse rewards are for where a step began or for where it led: D4RL's published files have
 * the former, its environments the latter (D4RL issue 194).
 */
export class RewardTimingCheck {
  readonly #target: MazeTarget;
  readonly #at: readonly [number, number];
  #before = 0;
  #after = 0;
  #wasInside: boolean | undefined;
  #reward = 0;

  constructor(target: MazeTarget, positionAt: readonly [number, number]) {
    this.#target = target;
    this.#at = positionAt;
  }

  add({ rows, columns, terminals, timeouts }: InspectedBlock): void {
    const observations = columns.get('observations')!;
    const rewards = columns.get('rewards')!;
    const size = observations.length / rows;
    const { x, y, radius } = this.#target;
    for (let i = 0; i < rows; i++) {
      const dx = observations[i * size + this.#at[0]] - x;
      const dy = observations[i * size + this.#at[1]] - y;
      const inside = Math.sqrt(dx * dx + dy * dy) <= radius;
      if (this.#wasInside !== undefined && this.#wasInside !== inside) {
        if (this.#reward === (this.#wasInside ? 1 : 0)) this.#before++;
        else if (this.#reward === (inside ? 1 : 0)) this.#after++;
      }
      this.#wasInside = terminals[i] === 1 || timeouts[i] === 1 ? undefined : inside;
      this.#reward = rewards[i];
    }
  }

  finish(): RewardTiming {
    return { before: this.#before, after: this.#after };
  }
}
