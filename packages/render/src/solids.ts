/** Shapes that a {@link SceneRenderer} draws, under the numbers that MuJoCo's `mjtGeom` gives them. */
export const solidKind = { plane: 0, sphere: 2, capsule: 3, ellipsoid: 4, cylinder: 5, box: 6 } as const;

/** Shapes and their places. The arrays belong to the caller, who changes them between pictures. */
export interface SolidScene {
  /** Entries of {@link solidKind}, `[n]`; any other number is not drawn. */
  readonly kinds: Int32Array;
  /**
   * Sizes, `[n, 3]`, as MuJoCo's: sphere (radius); capsule and cylinder (radius, half length along z); box and ellipsoid
   * the three half sizes; plane (half x, half y) with 0 for infinite.
   */
  readonly sizes: Float64Array;
  /** Red, green, blue and opacity of 0 to 1, `[n, 4]`. */
  readonly colors: Float64Array;
  /** Centres in the world, `[n, 3]`. */
  readonly positions: Float64Array;
  /** Rotation matrices, rows first, `[n, 9]`: their columns are the shape's axes in the world. */
  readonly rotations: Float64Array;
}

/** Nothing nearer to the eye than this share of a metre is drawn. */
export const nearDepth = 1e-3;

/**
 * Where a ray enters a shape.
 *
 * @param at - Index of the shape's first size in `sizes`.
 * @param ray - Origin and direction in the shape's frame, `[6]`; the direction needn't be of length 1.
 * @param hit - Gets the distance in directions' lengths, and the number of the face: of a box 1 to 6 (+x, +y, +z, -x, -y,
 * -z), of a cylinder 3 and 6 at its ends, 0 wherever a shape is round.
 * @returns Whether it does; not where the origin lies inside, so what holds the eye is not drawn.
 */
export function enterSolid(
  kind: number,
  sizes: Float64Array,
  at: number,
  ray: Float64Array,
  hit: Float64Array,
): boolean {
  hit[1] = 0;
  switch (kind) {
    case solidKind.sphere:
      return enterSphere(ray, sizes, at, hit);
    case solidKind.capsule:
      return enterCapsule(ray, sizes, at, hit);
    case solidKind.cylinder:
      return enterCylinder(ray, sizes, at, hit);
    case solidKind.box:
      return enterBox(ray, sizes, at, hit);
    case solidKind.ellipsoid:
      return enterEllipsoid(ray, sizes, at, hit);
    case solidKind.plane:
      return enterPlane(ray, sizes, at, hit);
    default:
      return false;
  }
}

/** Radius of the smallest sphere around a shape's centre that holds it; infinite for planes. */
export function boundingRadius(kind: number, sizes: Float64Array, at: number): number {
  switch (kind) {
    case solidKind.sphere:
      return sizes[at];
    case solidKind.capsule:
      return sizes[at] + sizes[at + 1];
    case solidKind.cylinder:
      return Math.hypot(sizes[at], sizes[at + 1]);
    case solidKind.box:
      return Math.hypot(sizes[at], sizes[at + 1], sizes[at + 2]);
    case solidKind.ellipsoid:
      return Math.max(sizes[at], sizes[at + 1], sizes[at + 2]);
    default:
      return Number.POSITIVE_INFINITY;
  }
}

// These functions take and give numbers through arrays: a fraction passed from function to function costs an allocation
// where the compiler doesn't inline the call.

function enterSphere(ray: Float64Array, sizes: Float64Array, at: number, hit: Float64Array): boolean {
  const radius = sizes[at];
  const a = ray[3] * ray[3] + ray[4] * ray[4] + ray[5] * ray[5];
  const b = ray[0] * ray[3] + ray[1] * ray[4] + ray[2] * ray[5];
  const c = ray[0] * ray[0] + ray[1] * ray[1] + ray[2] * ray[2] - radius * radius;
  const discriminant = b * b - a * c;
  if (discriminant < 0) return false;
  hit[0] = (-b - Math.sqrt(discriminant)) / a;
  return hit[0] > nearDepth;
}

function enterCapsule(ray: Float64Array, sizes: Float64Array, at: number, hit: Float64Array): boolean {
  const radius = sizes[at];
  const half = sizes[at + 1];
  const a = ray[3] * ray[3] + ray[4] * ray[4];
  const b = ray[0] * ray[3] + ray[1] * ray[4];
  const c = ray[0] * ray[0] + ray[1] * ray[1] - radius * radius;
  const discriminant = b * b - a * c;
  // A capsule lies inside the endless cylinder around it.
  if (discriminant < 0) return false;
  let z = ray[2];
  if (a > 1e-12) {
    const t = (-b - Math.sqrt(discriminant)) / a;
    z += t * ray[5];
    if (z >= -half && z <= half) {
      hit[0] = t;
      return t > nearDepth;
    }
  }
  // The sphere at the end where the ray meets the cylinder.
  const oz = ray[2] - (z > 0 ? half : -half);
  const sphereA = a + ray[5] * ray[5];
  const sphereB = b + oz * ray[5];
  const sphereDiscriminant = sphereB * sphereB - sphereA * (c + oz * oz);
  if (sphereDiscriminant < 0) return false;
  hit[0] = (-sphereB - Math.sqrt(sphereDiscriminant)) / sphereA;
  return hit[0] > nearDepth;
}

function enterCylinder(ray: Float64Array, sizes: Float64Array, at: number, hit: Float64Array): boolean {
  const radius = sizes[at];
  const half = sizes[at + 1];
  const a = ray[3] * ray[3] + ray[4] * ray[4];
  const b = ray[0] * ray[3] + ray[1] * ray[4];
  const c = ray[0] * ray[0] + ray[1] * ray[1] - radius * radius;
  const discriminant = b * b - a * c;
  if (discriminant < 0) return false;
  let z = ray[2];
  if (a > 1e-12) {
    const t = (-b - Math.sqrt(discriminant)) / a;
    // An origin inside the endless cylinder can only come in through an end.
    if (c > 0) {
      z += t * ray[5];
      if (z >= -half && z <= half) {
        hit[0] = t;
        return t > nearDepth;
      }
    }
  }
  const end = z > 0 ? half : -half;
  const t = (end - ray[2]) / ray[5];
  const x = ray[0] + t * ray[3];
  const y = ray[1] + t * ray[4];
  hit[0] = t;
  hit[1] = z > 0 ? 3 : 6;
  // Only a ray that runs towards the middle enters at an end.
  return t > nearDepth && end * ray[5] < 0 && x * x + y * y <= radius * radius;
}

function enterBox(ray: Float64Array, sizes: Float64Array, at: number, hit: Float64Array): boolean {
  let enter = Number.NEGATIVE_INFINITY;
  let leave = Number.POSITIVE_INFINITY;
  let face = 0;
  for (let axis = 0; axis < 3; axis++) {
    const origin = ray[axis];
    const direction = ray[3 + axis];
    const size = sizes[at + axis];
    if (direction === 0) {
      if (origin < -size || origin > size) return false;
      continue;
    }
    const near = direction > 0 ? -size : size;
    const scale = 1 / direction;
    const first = (near - origin) * scale;
    const second = (-near - origin) * scale;
    if (first > enter) {
      enter = first;
      face = direction > 0 ? axis + 4 : axis + 1;
    }
    if (second < leave) leave = second;
  }
  hit[0] = enter;
  hit[1] = face;
  return enter <= leave && enter > nearDepth;
}

function enterEllipsoid(ray: Float64Array, sizes: Float64Array, at: number, hit: Float64Array): boolean {
  let a = 0;
  let b = 0;
  let c = -1;
  for (let axis = 0; axis < 3; axis++) {
    const origin = ray[axis] / sizes[at + axis];
    const direction = ray[3 + axis] / sizes[at + axis];
    a += direction * direction;
    b += origin * direction;
    c += origin * origin;
  }
  const discriminant = b * b - a * c;
  if (discriminant < 0) return false;
  hit[0] = (-b - Math.sqrt(discriminant)) / a;
  return hit[0] > nearDepth;
}

/** Planes are seen from above only. */
function enterPlane(ray: Float64Array, sizes: Float64Array, at: number, hit: Float64Array): boolean {
  if (ray[2] <= 0 || ray[5] >= 0) return false;
  const t = -ray[2] / ray[5];
  hit[0] = t;
  if (sizes[at] > 0 && Math.abs(ray[0] + t * ray[3]) > sizes[at]) return false;
  if (sizes[at + 1] > 0 && Math.abs(ray[1] + t * ray[4]) > sizes[at + 1]) return false;
  return t > nearDepth;
}
