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
const tilt = 1e-300;

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

// These functions take and give numbers through arrays, as a fraction that is passed from function to function costs an
// allocation where the compiler doesn't inline the call; and they read each number once, which it doesn't do by itself.

function enterSphere(ray: Float64Array, sizes: Float64Array, at: number, hit: Float64Array): boolean {
  const x = ray[0];
  const y = ray[1];
  const z = ray[2];
  const dx = ray[3];
  const dy = ray[4];
  const dz = ray[5];
  const radius = sizes[at];
  const a = dx * dx + dy * dy + dz * dz;
  const b = x * dx + y * dy + z * dz;
  const c = x * x + y * y + z * z - radius * radius;
  const discriminant = b * b - a * c;
  if (discriminant < 0) return false;
  const t = (-b - Math.sqrt(discriminant)) / a;
  hit[0] = t;
  return t > nearDepth;
}

function enterCapsule(ray: Float64Array, sizes: Float64Array, at: number, hit: Float64Array): boolean {
  const x = ray[0];
  const y = ray[1];
  const z = ray[2];
  const dx = ray[3];
  const dy = ray[4];
  const dz = ray[5];
  const radius = sizes[at];
  const half = sizes[at + 1];
  const a = dx * dx + dy * dy;
  const b = x * dx + y * dy;
  const c = x * x + y * y - radius * radius;
  const discriminant = b * b - a * c;
  // A capsule lies inside the endless cylinder around it.
  if (discriminant < 0) return false;
  let end = z;
  if (a > 1e-12) {
    const t = (-b - Math.sqrt(discriminant)) / a;
    end += t * dz;
    if (end >= -half && end <= half) {
      hit[0] = t;
      return t > nearDepth;
    }
  }
  // The sphere at the end where the ray meets the cylinder.
  const oz = end > 0 ? z - half : z + half;
  const sphereA = a + dz * dz;
  const sphereB = b + oz * dz;
  const sphereDiscriminant = sphereB * sphereB - sphereA * (c + oz * oz);
  if (sphereDiscriminant < 0) return false;
  const t = (-sphereB - Math.sqrt(sphereDiscriminant)) / sphereA;
  hit[0] = t;
  return t > nearDepth;
}

function enterCylinder(ray: Float64Array, sizes: Float64Array, at: number, hit: Float64Array): boolean {
  const x = ray[0];
  const y = ray[1];
  const z = ray[2];
  const dx = ray[3];
  const dy = ray[4];
  const dz = ray[5];
  const radius = sizes[at];
  const half = sizes[at + 1];
  const a = dx * dx + dy * dy;
  const b = x * dx + y * dy;
  const c = x * x + y * y - radius * radius;
  const discriminant = b * b - a * c;
  if (discriminant < 0) return false;
  let high = z;
  // An origin inside the endless cylinder can only come in through an end.
  if (a > 1e-12 && c > 0) {
    const t = (-b - Math.sqrt(discriminant)) / a;
    high += t * dz;
    if (high >= -half && high <= half) {
      hit[0] = t;
      return t > nearDepth;
    }
  }
  const end = high > 0 ? half : -half;
  const t = (end - z) / dz;
  const px = x + t * dx;
  const py = y + t * dy;
  hit[0] = t;
  hit[1] = high > 0 ? 3 : 6;
  // Only a ray that runs towards the middle enters at an end.
  return t > nearDepth && end * dz < 0 && px * px + py * py <= radius * radius;
}

function enterBox(ray: Float64Array, sizes: Float64Array, at: number, hit: Float64Array): boolean {
  // A ray along a side is tilted by nothing that counts, which spares dividing by 0.
  const dx = ray[3] || tilt;
  const dy = ray[4] || tilt;
  const dz = ray[5] || tilt;
  const scaleX = 1 / dx;
  const scaleY = 1 / dy;
  const scaleZ = 1 / dz;
  const x = -ray[0] * scaleX;
  const y = -ray[1] * scaleY;
  const z = -ray[2] * scaleZ;
  const halfX = Math.abs(sizes[at] * scaleX);
  const halfY = Math.abs(sizes[at + 1] * scaleY);
  const halfZ = Math.abs(sizes[at + 2] * scaleZ);
  // The ray is between the two planes of each axis from `x - halfX` to `x + halfX`, and so on.
  let enter = x - halfX;
  let face = dx > 0 ? 4 : 1;
  if (y - halfY > enter) {
    enter = y - halfY;
    face = dy > 0 ? 5 : 2;
  }
  if (z - halfZ > enter) {
    enter = z - halfZ;
    face = dz > 0 ? 6 : 3;
  }
  hit[0] = enter;
  hit[1] = face;
  return enter > nearDepth && enter <= x + halfX && enter <= y + halfY && enter <= z + halfZ;
}

function enterEllipsoid(ray: Float64Array, sizes: Float64Array, at: number, hit: Float64Array): boolean {
  let a = 0;
  let b = 0;
  let c = -1;
  for (let axis = 0; axis < 3; axis++) {
    const scale = 1 / sizes[at + axis];
    const origin = ray[axis] * scale;
    const direction = ray[3 + axis] * scale;
    a += direction * direction;
    b += origin * direction;
    c += origin * origin;
  }
  const discriminant = b * b - a * c;
  if (discriminant < 0) return false;
  const t = (-b - Math.sqrt(discriminant)) / a;
  hit[0] = t;
  return t > nearDepth;
}

/** Planes are seen from above only. */
function enterPlane(ray: Float64Array, sizes: Float64Array, at: number, hit: Float64Array): boolean {
  const z = ray[2];
  const dz = ray[5];
  if (z <= 0 || dz >= 0) return false;
  const t = -z / dz;
  hit[0] = t;
  const halfX = sizes[at];
  const halfY = sizes[at + 1];
  if (halfX > 0 && Math.abs(ray[0] + t * ray[3]) > halfX) return false;
  if (halfY > 0 && Math.abs(ray[1] + t * ray[4]) > halfY) return false;
  return t > nearDepth;
}
