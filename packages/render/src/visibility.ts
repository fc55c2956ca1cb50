import { type Camera, dot, pixelSlope, type Vector3 } from './camera.ts';
import { solidBounds } from './screen-bounds.ts';
import { frameSize, SolidFrames } from './solid-frames.ts';
import { enterSolid, nearDepth, type SolidScene, solidKind } from './solids.ts';

/** A pixel's key is its shape's index times {@link faces}, plus the face's number. */
export const faceBits = 3;
export const faces = 1 << faceBits;
/** The key of pixels that show no shape. */
export const nothing = -1;

/** Which opaque shape each pixel shows: the one that the ray through the pixel's middle meets first. */
export class Visibility {
  readonly width: number;
  readonly height: number;
  /** Distances along the rays, in lengths of their directions, `[height, width]`. */
  readonly depths: Float32Array;
  /** Shapes and faces, `[height, width]`. */
  readonly keys: Int32Array;
  /** Slopes of the rays through the middles of columns and rows. */
  readonly columns: Float64Array;
  readonly rows: Float64Array;
  /** From one pixel to the next. */
  slope = 1;
  scene!: SolidScene;
  frames = new SolidFrames(0);
  /** Translucent shapes from far to near. */
  translucent: readonly number[] = [];
  /** Pixels that each shape may touch, `[n, 4]`: first column, end column, first row, end row. */
  boxes = new Int32Array(0);
  readonly #ray = new Float64Array(6);
  readonly #hit = new Float64Array(2);
  readonly #bounds = new Float64Array(4);

  constructor(width: number, height: number) {
    this.width = width;
    this.height = height;
    this.depths = new Float32Array(width * height);
    this.keys = new Int32Array(width * height);
    this.columns = new Float64Array(width);
    this.rows = new Float64Array(height);
  }

  /** Finds what a camera sees of a scene, lit from `toLight`. */
  find(scene: SolidScene, camera: Camera, toLight: Vector3): void {
    const { kinds, sizes, colors } = scene;
    this.scene = scene;
    if (this.boxes.length !== 4 * kinds.length) {
      this.boxes = new Int32Array(4 * kinds.length);
      this.frames = new SolidFrames(kinds.length);
    }
    this.frames.update(scene, camera, toLight);
    this.#placePixels(pixelSlope(camera, this.height));
    this.#placeSolids(camera);
    this.depths.fill(Number.POSITIVE_INFINITY);
    this.keys.fill(nothing);
    for (let solid = 0; solid < kinds.length; solid++) {
      if (!(colors[4 * solid + 3] >= 1)) continue;
      const endless = kinds[solid] === solidKind.plane && sizes[3 * solid] === 0 && sizes[3 * solid + 1] === 0;
      if (endless) this.#findGround(solid);
      else this.#findSolid(solid);
    }
  }

  /** Whether a shape may touch a pixel. */
  mayTouch(solid: number, column: number, row: number): boolean {
    const { boxes } = this;
    const i = 4 * solid;
    return column >= boxes[i] && column < boxes[i + 1] && row >= boxes[i + 2] && row < boxes[i + 3];
  }

  #placePixels(slope: number): void {
    this.slope = slope;
    for (let column = 0; column < this.width; column++) this.columns[column] = (column + 0.5 - this.width / 2) * slope;
    for (let row = 0; row < this.height; row++) this.rows[row] = (this.height / 2 - row - 0.5) * slope;
  }

  /** Finds the pixels that each shape may touch, and the order of the translucent ones. */
  #placeSolids(camera: Camera): void {
    const { scene, boxes, width, height, slope } = this;
    const { colors, positions } = scene;
    const bounds = this.#bounds;
    const translucent: { solid: number; depth: number }[] = [];
    for (let solid = 0; solid < scene.kinds.length; solid++) {
      const opacity = colors[4 * solid + 3];
      if (opacity > 0) solidBounds(camera, scene, solid, bounds);
      else bounds.fill(Number.NaN);
      if (!(bounds[0] <= bounds[1])) {
        boxes.fill(0, 4 * solid, 4 * solid + 4);
        continue;
      }
      boxes[4 * solid] = Math.floor(clamp(width / 2 + bounds[0] / slope, width));
      boxes[4 * solid + 1] = Math.ceil(clamp(width / 2 + bounds[1] / slope, width));
      boxes[4 * solid + 2] = Math.floor(clamp(height / 2 - bounds[3] / slope, height));
      boxes[4 * solid + 3] = Math.ceil(clamp(height / 2 - bounds[2] / slope, height));
      if (opacity >= 1) continue;
      const at = 3 * solid;
      const depth = dot([positions[at], positions[at + 1], positions[at + 2]], camera.forward);
      translucent.push({ solid, depth });
    }
    this.translucent = translucent.sort((a, b) => b.depth - a.depth || a.solid - b.solid).map(({ solid }) => solid);
  }

  #findSolid(solid: number): void {
    const { depths, keys, boxes, columns, rows, width } = this;
    const { kinds, sizes } = this.scene;
    const frame = this.frames.values;
    const ray = this.#ray;
    const hit = this.#hit;
    const kind = kinds[solid];
    const at = frameSize * solid;
    const rightX = frame[at + 6];
    const rightY = frame[at + 7];
    const rightZ = frame[at + 8];
    const firstColumn = boxes[4 * solid];
    const endColumn = boxes[4 * solid + 1];
    const endRow = boxes[4 * solid + 3];
    for (let i = 0; i < 3; i++) ray[i] = frame[at + i];
    for (let row = boxes[4 * solid + 2]; row < endRow; row++) {
      const v = rows[row];
      const rowX = frame[at + 3] + v * frame[at + 9];
      const rowY = frame[at + 4] + v * frame[at + 10];
      const rowZ = frame[at + 5] + v * frame[at + 11];
      for (let column = firstColumn, pixel = row * width + column; column < endColumn; column++, pixel++) {
        const u = columns[column];
        ray[3] = rowX + u * rightX;
        ray[4] = rowY + u * rightY;
        ray[5] = rowZ + u * rightZ;
        if (enterSolid(kind, sizes, 3 * solid, ray, hit) && hit[0] < depths[pixel]) {
          depths[pixel] = hit[0];
          keys[pixel] = (solid << faceBits) | hit[1];
        }
      }
    }
  }

  /** The same for an endless plane, which takes much of most pictures. */
  #findGround(solid: number): void {
    const { depths, keys, columns, rows, width, height } = this;
    const frame = this.frames.values;
    const at = frameSize * solid;
    const eye = frame[at + 2];
    if (!(eye > 0)) return;
    const right = frame[at + 8];
    const key = solid << faceBits;
    for (let row = 0, pixel = 0; row < height; row++) {
      const forward = frame[at + 5] + rows[row] * frame[at + 11];
      // Above the horizon there is none.
      if (forward + columns[0] * right >= 0 && forward + columns[width - 1] * right >= 0) {
        pixel += width;
        continue;
      }
      for (let column = 0; column < width; column++, pixel++) {
        const t = -eye / (forward + columns[column] * right);
        if (t > nearDepth && t < depths[pixel]) {
          depths[pixel] = t;
          keys[pixel] = key;
        }
      }
    }
  }
}

function clamp(value: number, most: number): number {
  return Math.min(most, Math.max(0, value));
}
