import type { RenderFrame } from '@understudy/gym';
import { type Board, columnCount, rowCount } from './board.ts';

const cellSize = 32;
const radius = 13;
const frameColour = [38, 84, 160] as const;
const holeColour = [235, 238, 243] as const;
/** Of player 0 and player 1. */
const stoneColours = [
  [222, 62, 54],
  [246, 200, 62],
] as const;

/** A picture of the board, 224 x 192: red began, yellow followed. */
export function drawBoard(board: Board): RenderFrame {
  const width = columnCount * cellSize;
  const height = rowCount * cellSize;
  const data = new Uint8Array(3 * width * height);
  for (let y = 0; y < height; y++) {
    const row = rowCount - 1 - Math.floor(y / cellSize);
    for (let x = 0; x < width; x++) {
      const stone = board.stoneAt(Math.floor(x / cellSize), row);
      const colour = !isInDisc(x, y) ? frameColour : stone === null ? holeColour : stoneColours[stone];
      data.set(colour, 3 * (y * width + x));
    }
  }
  return { width, height, data };
}

/** Whether a pixel belongs to the disc in the middle of its cell. */
function isInDisc(x: number, y: number): boolean {
  const dx = (x % cellSize) + 0.5 - cellSize / 2;
  const dy = (y % cellSize) + 0.5 - cellSize / 2;
  return dx * dx + dy * dy <= radius * radius;
}
