// Frame rates of the software renderer: node packages/render/scripts/measure.js [seconds per scene]
// Needs a build. Each scene is drawn for 1.5 seconds before it is measured. Prints the median and the fastest tenth of
// single frames, and the frames for each second of processor time, which other work on the machine disturbs least.
import { cpus } from 'node:os';
import { freeCamera, SceneRenderer, solidKind } from '../dist/index.js';

const seconds = Number(process.argv[2] ?? 3);
const ground = { kind: solidKind.plane, size: [0, 0, 0], at: [0, 0, 0], color: [0.8, 0.9, 0.8, 1] };

/** Numbers of 0 to 1 that are the same every time. */
function sequence() {
  let state = 1;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
}

/** A rotation by any angle around y. */
function turn(angle) {
  const [c, s] = [Math.cos(angle), Math.sin(angle)];
  return [c, 0, s, 0, 1, 0, -s, 0, c];
}

/** Limbs at random angles in a space as wide as a figure. */
function figure(limbs, spread) {
  const next = sequence();
  return Array.from({ length: limbs }, () => ({
    kind: solidKind.capsule,
    size: [0.05, 0.15 + 0.1 * next(), 0],
    at: [spread * (next() - 0.5), 0.2 * (next() - 0.5), 0.3 + 0.6 * spread * next()],
    rotation: turn(Math.PI * next()),
    color: [0.8, 0.6, 0.4, 1],
  }));
}

/** Boxes of a maze of 7 by 7 cells with a figure in it. */
function maze() {
  const walls = [];
  for (let i = 0; i < 49; i++) {
    const [x, y] = [i % 7, Math.floor(i / 7)];
    const isWall = x === 0 || y === 0 || x === 6 || y === 6 || (x % 2 === 0 && y % 2 === 0);
    if (isWall)
      walls.push({ kind: solidKind.box, size: [0.5, 0.5, 0.25], at: [x - 3, y - 3, 0.25], color: [0.7, 0.5, 0.3, 1] });
  }
  return [...walls, ...figure(12, 1)];
}

function sceneOf(solids) {
  return {
    kinds: Int32Array.from(solids, ({ kind }) => kind),
    sizes: Float64Array.from(solids.flatMap(({ size }) => size)),
    colors: Float64Array.from(solids.flatMap(({ color }) => color)),
    positions: Float64Array.from(solids.flatMap(({ at }) => at)),
    rotations: Float64Array.from(solids.flatMap(({ rotation = turn(0) }) => rotation)),
  };
}

function measure(name, solids, view) {
  const renderer = new SceneRenderer({ width: 256, height: 256 });
  const scene = sceneOf([ground, ...solids]);
  const camera = freeCamera(view);
  const settings = { focus: view.lookat, radius: 0.6 * view.distance };
  // The compiler's time is not the renderer's.
  for (const end = performance.now() + 1500; performance.now() < end; ) renderer.render(scene, camera, settings);
  const times = [];
  const before = process.cpuUsage();
  for (const end = performance.now() + 1000 * seconds; performance.now() < end; ) {
    const start = performance.now();
    renderer.render(scene, camera, settings);
    times.push(performance.now() - start);
  }
  const { user, system } = process.cpuUsage(before);
  const perSecond = Math.round((1e6 * times.length) / (user + system));
  times.sort((a, b) => a - b);
  const rate = (share) => Math.round(1000 / times[Math.floor(share * times.length)]);
  console.log(
    `${name.padEnd(34)} ${`${rate(0.5)}`.padStart(6)} ${`${rate(0.1)}`.padStart(12)} ${`${perSecond}`.padStart(14)}`,
  );
}

console.log(`256x256 pictures a second, ${cpus()[0].model}, Node ${process.version}`);
console.log(`${'scene'.padEnd(34)} median   best tenth   per CPU second`);
const side = { lookat: [0, 0, 0.4], distance: 2.3, azimuth: 90, elevation: -12 };
measure('8 capsules on ground (HalfCheetah)', figure(8, 0.9), side);
measure('18 capsules on ground (Humanoid)', figure(18, 0.9), { ...side, distance: 3, elevation: -20 });
measure('maze, 33 boxes and 12 capsules', maze(), { lookat: [0, 0, 0], distance: 11, azimuth: 90, elevation: -65 });
