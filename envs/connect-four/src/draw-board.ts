import type { RenderFrame, RenderOptions } from '@understudy/gym';
import { Canvas, type Color } from '@understudy/render';
import { type Board, columnCount, rowCount } from './board.ts';

/** Pixels of a cell's side, unless the picture's size is told. */
const cellSize = 32;
/** In cells. */
const radius = 0.41;
const frameColor: Color = [38, 84, 160];
const holeColor: Color = [235, 238, 243];
/** Of player 0 and player 1. */
const stoneColors: readonly [Color, Color] = [
  [222, 62, 54],
  [246, 200, 62],
];

/**
 * A picture of the board: red began, yellow followed. 224 x 192 pixels unless told.
 *
 * @throws InputError if a side isn't a whole number of 16 to 4096 pixels.
 */
export function drawBoard(board: Board, options: Pick<RenderOptions, 'width' | 'height'> = {}): RenderFrame {
  const { width = columnCount * cellSize, height = rowCount * cellSize } = options;
  const canvas = new Canvas({ width, height, background: frameColor });
  canvas.setView({ left: 0, right: columnCount, bottom: 0, top: rowCount });
  for (let column = 0; column < columnCount; column++) {
    for (let row = 0; row < rowCount; row++) {
      const stone = board.stoneAt(column, row);
      canvas.fillCircle(column + 0.5, row + 0.5, radius, stone === null ? holeColor : stoneColors[stone]);
    }
  }
  return canvas.frame();
}
