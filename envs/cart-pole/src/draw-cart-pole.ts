import type { RenderFrame, RenderOptions } from '@understudy/gym';
import { Canvas, type Color } from '@understudy/render';

/** Half the pole's length, m. */
export const halfPoleLength = 0.5;
/** Metres that the cart may be off. */
export const placeLimit = 2.4;

/** Half sizes of the cart, m. */
const cartWidth = 0.25;
const cartHeight = 0.15;
const colors = {
  ground: [246, 247, 249],
  track: [90, 98, 110],
  limit: [214, 69, 65],
  cart: [38, 50, 66],
  pole: [202, 152, 101],
  axle: [129, 132, 203],
} as const satisfies Record<string, Color>;

/**
 * Cart, pole and track from the side.
 *
 * @param place - Of the cart, m.
 * @param angle - Of the pole from upright, rad; positive to the right.
 */
export function drawCartPole(place: number, angle: number, options: RenderOptions): RenderFrame {
  const { width = 600, height = 400 } = options;
  const canvas = new Canvas({ width, height, background: colors.ground });
  canvas.setView({ left: -placeLimit - 0.4, right: placeLimit + 0.4, bottom: -0.9, top: 1.6 });
  const line = Math.max(1, Math.min(width, height) / 200);
  canvas.strokeLine([-placeLimit - 0.4, 0, placeLimit + 0.4, 0], line, colors.track);
  for (const side of [-1, 1]) {
    canvas.strokeLine([side * placeLimit, -0.35, side * placeLimit, 0.35], line, colors.limit);
  }
  // Nothing can be drawn of a state that has left the numbers.
  if (!Number.isFinite(place + angle)) return canvas.frame();
  canvas.fillRectangle(place - cartWidth, -cartHeight, place + cartWidth, cartHeight, colors.cart);
  const tip = [place + 2 * halfPoleLength * Math.sin(angle), 2 * halfPoleLength * Math.cos(angle)];
  canvas.strokeLine([place, 0, ...tip], 0.1 * canvas.scale, colors.pole);
  canvas.fillCircle(place, 0, 0.05, colors.axle);
  return canvas.frame();
}
