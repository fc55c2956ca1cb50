import type { Camera, Vector3 } from './camera.ts';
import { EdgeSmoother } from './edge-smoothing.ts';
import { checkPictureSize, type Picture } from './picture.ts';
import { PixelRun } from './pixel-run.ts';
import { lightBehind, Shader } from './shader.ts';
import { ShadowMap } from './shadow-map.ts';
import type { SolidScene } from './solids.ts';
import { TranslucentLayers } from './translucent-layers.ts';
import { nothing, Visibility } from './visibility.ts';

/** How a {@link SceneRenderer} lights and furnishes a scene. */
export interface SceneSettings {
  /** Shadows are drawn around this point, usually the one the camera looks at. */
  readonly focus: Vector3;
  /** How far around it, metres; also what planes' fading into the distance is measured by. */
  readonly radius: number;
  /** Sides of the squares on planes, metres; 1 by default. */
  readonly checker?: number;
}

/**
 * Draws spheres, capsules, cylinders, boxes, ellipsoids and planes by casting rays: exact outlines, depth and normals,
 * a light with shadows, antialiased outlines, ground that fades into the sky.
 *
 * Each shape is intersected only inside the rectangle that its outline fits in. One ray goes through the middle of each
 * pixel; where neighbouring pixels show different shapes or faces, four more are cast. The same scene and camera give
 * the same bytes.
 */
export class SceneRenderer {
  readonly width: number;
  readonly height: number;
  readonly #visibility: Visibility;
  readonly #shadows = new ShadowMap();
  readonly #shader: Shader;
  readonly #translucent: TranslucentLayers;
  readonly #edges: EdgeSmoother;
  readonly #run: PixelRun;
  /** Colours of the pixels' middles, `[height, width, 3]`. */
  readonly #data: Uint8Array;

  /** @throws InputError if a side isn't a whole number of 16 to 4096 pixels. */
  constructor(options: { readonly width: number; readonly height: number }) {
    const { width, height } = options;
    checkPictureSize(width, height);
    this.width = width;
    this.height = height;
    this.#visibility = new Visibility(width, height);
    this.#shader = new Shader(this.#visibility, this.#shadows);
    this.#translucent = new TranslucentLayers(this.#visibility, this.#shader);
    this.#edges = new EdgeSmoother(this.#visibility, this.#shader, this.#translucent);
    this.#run = new PixelRun(width);
    this.#data = new Uint8Array(3 * width * height);
  }

  /** Draws a scene; the picture is the caller's to keep. */
  render(scene: SolidScene, camera: Camera, settings: SceneSettings): Picture {
    const { focus, radius, checker = 1 } = settings;
    const toLight = lightBehind(camera);
    this.#visibility.find(scene, camera, toLight);
    this.#shadows.draw(scene, camera, toLight, focus, radius);
    this.#shader.begin(camera, { checker, fade: 6 * radius });
    for (let row = 0; row < this.height; row++) this.#shadeRow(row);
    this.#translucent.blend(this.#data);
    const data = this.#data.slice();
    this.#edges.smooth(this.#data, data);
    return { width: this.width, height: this.height, data };
  }

  #shadeRow(row: number): void {
    const { keys, depths, columns, rows, width } = this.#visibility;
    const run = this.#run;
    const { distances } = run;
    const end = (row + 1) * width;
    for (let pixel = row * width; pixel < end; ) {
      const first = pixel;
      const key = keys[first];
      run.start[0] = columns[first - row * width];
      run.start[1] = rows[row];
      while (pixel < end && keys[pixel] === key) pixel++;
      run.count = pixel - first;
      if (key !== nothing) for (let i = 0; i < run.count; i++) distances[i] = depths[first + i];
      this.#shader.shade(key, run, this.#data, 3 * first);
    }
  }
}
