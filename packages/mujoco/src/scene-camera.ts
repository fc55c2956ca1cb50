import { InputError, nearestNames } from '@understudy/errors';
import { type Camera, fixedCamera, freeCamera, type Vector3 } from '@understudy/render';
import { jointTypes } from './engine/element-types.ts';
import type { MujocoModel } from './engine/model.ts';
import type { Simulation } from './engine/simulation.ts';
import type { Box, RestGeometry } from './rest-geometry.ts';

/** How an environment wants to be looked at, in MuJoCo's terms; what is left out follows from the model. */
export interface CameraDefaults {
  /** `track` follows a body, `overview` shows the whole scene; or one of the model's own cameras. */
  readonly camera?: string;
  /** The body that `track` follows; the first that moves by default. */
  readonly trackBody?: string;
  /** The middle of the picture, metres; of `track`, only its height counts. */
  readonly lookat?: Vector3;
  /** Metres from the camera to the middle of the picture. */
  readonly distance?: number;
  /** Degrees around z: 0 looks along x, 90 along y. */
  readonly azimuth?: number;
  /** Degrees; negative ones look down. */
  readonly elevation?: number;
}

/** A camera with what is around it. */
export interface Viewpoint {
  readonly camera: Camera;
  /** The middle of what is shown. */
  readonly focus: Vector3;
  /** Metres around it that matter. */
  readonly radius: number;
}

/** MuJoCo's vertical field of view of cameras without one, degrees. */
const fieldOfView = 45;
/** How many times the shapes' radius `track` and `overview` show. */
const margins = { track: 1.3, overview: 1 };

/** Chooses and places the cameras of a model. */
export class SceneCameras {
  readonly #id: string;
  readonly #model: MujocoModel;
  readonly #rest: RestGeometry;
  readonly #defaults: CameraDefaults;
  readonly #trackedBody: number;
  /** What moves in space is seen from the front side, what moves in a plane from the side. */
  readonly #seesAskew: boolean;

  /** @throws InputError if the body to track doesn't exist. */
  constructor(id: string, model: MujocoModel, rest: RestGeometry, defaults: CameraDefaults) {
    this.#id = id;
    this.#model = model;
    this.#rest = rest;
    this.#defaults = defaults;
    this.#seesAskew = model.integers('jnt_type').includes(jointTypes.indexOf('free'));
    const { trackBody } = defaults;
    this.#trackedBody = trackBody === undefined ? rest.moving.indexOf(true) : model.idOf('body', trackBody);
    if (trackBody !== undefined && this.#trackedBody < 0) {
      throw new InputError(`${id} should track the body "${trackBody}", which its model doesn't have`);
    }
  }

  /** Names that {@link place} takes. */
  get names(): string[] {
    const own = this.#model.names.camera.filter((name) => name !== '');
    return [...new Set([...own, ...(this.#trackedBody < 0 ? [] : ['track']), 'overview'])];
  }

  /** What is used where nobody names a camera: a follower in the open, the whole scene where something stands around. */
  get defaultName(): string {
    const { camera } = this.#defaults;
    if (camera !== undefined) return camera;
    if (this.#model.idOf('camera', 'track') >= 0) return 'track';
    return this.#rest.hasScenery || this.#trackedBody < 0 ? 'overview' : 'track';
  }

  /**
   * Places a camera for the current state.
   *
   * @param aspect - Width over height of the picture.
   * @throws InputError for a name that isn't one of {@link names}.
   */
  place(simulation: Simulation, name: string, aspect: number): Viewpoint {
    const own = this.#model.idOf('camera', name);
    if (own >= 0) return this.#placeOwn(simulation, own);
    if (!this.names.includes(name)) {
      const near = nearestNames(name, this.names)[0];
      const hint = near === undefined ? `its cameras are ${this.names.join(', ')}` : `did you mean ${near}?`;
      throw new InputError(`${this.#id} has no camera "${name}"; ${hint}`);
    }
    return name === 'track' ? this.#track(simulation, aspect) : this.#overview(aspect);
  }

  #placeOwn(simulation: Simulation, index: number): Viewpoint {
    const at = simulation.view('cam_xpos').subarray(3 * index, 3 * index + 3);
    const rotation = simulation.view('cam_xmat').subarray(9 * index, 9 * index + 9);
    const camera = fixedCamera(at, rotation, this.#model.doubles('cam_fovy')[index]);
    const { wholeBox } = this.#rest;
    const radius = wholeBox === null ? 1 : halfDiagonal(wholeBox);
    // What a camera shows lies about as far in front of it as the scene's middle is away.
    const centre = wholeBox === null ? ([0, 0, 0] as const) : middle(wholeBox);
    const away = Math.hypot(centre[0] - at[0], centre[1] - at[1], centre[2] - at[2]);
    const reach = Math.min(away, 4 * radius);
    const focus = camera.position.map((value, axis) => value + reach * camera.forward[axis]);
    return { camera, focus: [focus[0], focus[1], focus[2]], radius: Math.max(radius, reach) };
  }

  /** Follows the centre of mass of the tracked body and all it carries, at a height that doesn't change. */
  #track(simulation: Simulation, aspect: number): Viewpoint {
    const box = this.#rest.movingBox ?? unitBox;
    const at = 3 * this.#trackedBody;
    const { subtree_com: centre } = simulation;
    const height = this.#defaults.lookat?.[2] ?? middle(box)[2];
    return this.#free(box, margins.track, [centre[at], centre[at + 1], height], aspect, [12, 30]);
  }

  #overview(aspect: number): Viewpoint {
    const box = this.#rest.wholeBox ?? unitBox;
    return this.#free(box, margins.overview, this.#defaults.lookat ?? middle(box), aspect, [12, 70]);
  }

  /** @param tilt - Least and most degrees that it looks down; flat scenes are seen from higher up. */
  #free(box: Box, margin: number, lookat: Vector3, aspect: number, tilt: readonly [number, number]): Viewpoint {
    const [, depth, height] = extent(box);
    const down = Math.min(tilt[1], Math.max(tilt[0], (Math.atan2(depth, 2 * height) * 180) / Math.PI));
    const fit = (margin * halfDiagonal(box)) / Math.tan((fieldOfView * Math.PI) / 360);
    const { azimuth = this.#seesAskew ? 120 : 90, elevation = -down } = this.#defaults;
    // The field of view is vertical: a picture that is higher than wide needs more distance.
    const distance = (this.#defaults.distance ?? fit) / Math.min(1, aspect);
    return {
      camera: freeCamera({ lookat, distance, azimuth, elevation, fieldOfView }),
      focus: lookat,
      radius: 0.6 * distance,
    };
  }
}

const unitBox: Box = { low: [-1, -1, 0], high: [1, 1, 1] };

function extent({ low, high }: Box): [number, number, number] {
  return [high[0] - low[0], high[1] - low[1], high[2] - low[2]];
}

function middle({ low, high }: Box): Vector3 {
  return [(low[0] + high[0]) / 2, (low[1] + high[1]) / 2, (low[2] + high[2]) / 2];
}

function halfDiagonal(box: Box): number {
  return Math.hypot(...extent(box)) / 2;
}
