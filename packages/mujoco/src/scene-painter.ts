import type { RenderFrame, RenderOptions } from '@understudy/gym';
import { SceneRenderer, type SolidScene, solidKind } from '@understudy/render';
import type { MujocoModel } from './engine/model.ts';
import type { Simulation } from './engine/simulation.ts';
import { restGeometry } from './rest-geometry.ts';
import { type CameraDefaults, SceneCameras } from './scene-camera.ts';

/** Pixels of a picture's sides unless told, as in Gymnasium. */
const defaultSide = 480;
/** MuJoCo shows these groups of geoms and sites unless told. */
const shownGroups = 3;
/** Colour of what is given none. */
const defaultColor = 0.5;

/** Elements of one kind that are drawn: their ids, and where the simulation keeps their places. */
interface DrawnElements {
  readonly prefix: 'geom' | 'site';
  readonly ids: readonly number[];
}

/** Draws a simulation: its geoms and sites, those that MuJoCo's viewer shows by default. */
export class ScenePainter {
  readonly #simulation: Simulation;
  readonly #scene: SolidScene;
  readonly #elements: readonly DrawnElements[];
  readonly #cameras: SceneCameras;
  #renderer: SceneRenderer | undefined;

  constructor(id: string, model: MujocoModel, simulation: Simulation, defaults: CameraDefaults) {
    this.#simulation = simulation;
    this.#elements = (['geom', 'site'] as const).map((prefix) => ({ prefix, ids: drawnIds(model, prefix) }));
    this.#scene = emptyScene(this.#elements.reduce((sum, { ids }) => sum + ids.length, 0));
    let solid = 0;
    for (const { prefix, ids } of this.#elements) {
      for (const element of ids) describeElement(model, prefix, element, this.#scene, solid++);
    }
    const visible = new Set(this.#elements[0].ids);
    this.#cameras = new SceneCameras(
      id,
      model,
      restGeometry(model, (geom) => visible.has(geom)),
      defaults,
    );
  }

  /** @throws InputError for an unknown camera, or a side that isn't a whole number of 16 to 4096 pixels. */
  paint(options: RenderOptions): RenderFrame {
    const { width = defaultSide, height = defaultSide, camera: name = this.#cameras.defaultName } = options;
    if (this.#renderer?.width !== width || this.#renderer.height !== height) {
      this.#renderer = new SceneRenderer({ width, height });
    }
    const { camera, focus, radius } = this.#cameras.place(this.#simulation, name, width / height);
    this.#placeElements();
    return this.#renderer.render(this.#scene, camera, { focus, radius, checker: roundLength(radius / 2.5) });
  }

  #placeElements(): void {
    const { positions, rotations } = this.#scene;
    let solid = 0;
    for (const { prefix, ids } of this.#elements) {
      const from = prefix === 'geom' ? this.#simulation.geom_xpos : this.#simulation.site_xpos;
      const turned = prefix === 'geom' ? this.#simulation.geom_xmat : this.#simulation.site_xmat;
      for (const element of ids) {
        for (let i = 0; i < 3; i++) positions[3 * solid + i] = from[3 * element + i];
        for (let i = 0; i < 9; i++) rotations[9 * solid + i] = turned[9 * element + i];
        solid++;
      }
    }
  }
}

function emptyScene(count: number): SolidScene {
  return {
    kinds: new Int32Array(count),
    sizes: new Float64Array(3 * count),
    colors: new Float64Array(4 * count),
    positions: new Float64Array(3 * count),
    rotations: new Float64Array(9 * count),
  };
}

/** Shapes that this package can draw, of the shown groups and not wholly transparent. */
function drawnIds(model: MujocoModel, prefix: 'geom' | 'site'): number[] {
  const count = model.count(`n${prefix}`);
  if (count === 0) return [];
  const group = model.integers(`${prefix}_group`);
  const type = model.integers(`${prefix}_type`);
  const kinds: readonly number[] = Object.values(solidKind);
  return Array.from({ length: count }, (_, id) => id).filter(
    (id) => group[id] < shownGroups && kinds.includes(type[id]) && elementColor(model, prefix, id)[3] > 0,
  );
}

function describeElement(
  model: MujocoModel,
  prefix: 'geom' | 'site',
  id: number,
  scene: SolidScene,
  solid: number,
): void {
  scene.kinds[solid] = model.integers(`${prefix}_type`)[id];
  scene.colors.set(elementColor(model, prefix, id), 4 * solid);
  if (isGround(model, prefix, id)) return;
  scene.sizes.set(model.doubles(`${prefix}_size`).subarray(3 * id, 3 * id + 3), 3 * solid);
}

/** The element's own colour, or that of its material if it has none of its own. */
function elementColor(model: MujocoModel, prefix: 'geom' | 'site', id: number): ArrayLike<number> {
  const own = model.view(`${prefix}_rgba`).slice(4 * id, 4 * id + 4);
  const material = model.integers(`${prefix}_matid`)[id];
  const isDefault = own[0] === defaultColor && own[1] === defaultColor && own[2] === defaultColor && own[3] === 1;
  return isDefault && material >= 0 ? model.view('mat_rgba').slice(4 * material, 4 * material + 4) : own;
}

/** A level plane that stands still: physics takes it for endless, so it is drawn endless, whatever its size says. */
function isGround(model: MujocoModel, prefix: 'geom' | 'site', id: number): boolean {
  if (prefix !== 'geom' || model.integers('geom_type')[id] !== solidKind.plane) return false;
  const [w, x, y, z] = model.doubles('geom_quat').subarray(4 * id, 4 * id + 4);
  const upwards = w * w - x * x - y * y + z * z;
  return model.integers('geom_bodyid')[id] === 0 && upwards > 0.999;
}

/** The nearest of 1, 2 and 5 times a power of ten. */
function roundLength(length: number): number {
  const power = 10 ** Math.floor(Math.log10(length));
  const candidates = [1, 2, 5, 10].map((digit) => digit * power);
  const distance = (candidate: number) => Math.abs(Math.log(candidate / length));
  return candidates.reduce((best, candidate) => (distance(candidate) < distance(best) ? candidate : best));
}
