import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import type { EpisodeTrace, GeomRecord, JointRecord, TraceFrame } from '../input.ts';

interface ModelCard {
  bodies: { name: string; parent: string; pos: number[] }[];
  joints: { name: string; type: string; body: string }[];
  geoms: { name: string; type: string; body: string; size: number[]; pos: number[]; quat: number[]; rgba?: number[] }[];
}

interface Rollout {
  episodes: { steps: { before: { qpos: number[]; qvel: number[] }; reward: number }[] }[];
}

/** The half-cheetah of the reference files along the first steps of a recorded rollout. */
export function cheetahTrace(steps = 40): EpisodeTrace {
  const card = readReference<ModelCard>('model-HalfCheetah-v5');
  const rollout = readReference<Rollout>('HalfCheetah-v5');
  const frames = rollout.episodes[0].steps
    .slice(0, steps)
    .map(({ before, reward }, index) => pose(card, before, index * 0.05, reward));
  const parent = new Map(card.bodies.map((body) => [body.name, body.parent]));
  const geoms = card.geoms.map(
    ({ name, type, body, size, rgba }): GeomRecord => ({
      name,
      type: type.replace('mjGEOM_', '').toLowerCase() as GeomRecord['type'],
      size,
      rgba,
      body,
      parentBody: parent.get(body),
    }),
  );
  const joints = card.joints.map(
    ({ name, type, body }, address): JointRecord => ({
      name,
      qposAddress: address,
      qvelAddress: address,
      type: type.replace('mjJNT_', '').toLowerCase() as JointRecord['type'],
      body,
    }),
  );
  return { policy: 'clone', dt: 0.05, geoms, joints, frames };
}

/** Forward kinematics of a body whose root slides in x and z and whose joints all turn about y. */
function pose(
  card: ModelCard,
  { qpos, qvel }: { qpos: number[]; qvel: number[] },
  time: number,
  reward: number,
): TraceFrame {
  const places = new Map<string, { x: number; z: number; angle: number }>([['world', { x: 0, z: 0, angle: 0 }]]);
  for (const body of card.bodies.slice(1)) {
    const parent = places.get(body.parent)!;
    const [dx, dz] = turn(parent.angle, body.pos[0], body.pos[2]);
    const place = { x: parent.x + dx, z: parent.z + dz, angle: parent.angle };
    card.joints.forEach((joint, address) => {
      if (joint.body !== body.name) return;
      if (joint.name === 'rootx') place.x += qpos[address];
      else if (joint.name === 'rootz') place.z += qpos[address];
      else place.angle += qpos[address];
    });
    places.set(body.name, place);
  }
  const geomPositions = new Float64Array(3 * card.geoms.length);
  const geomRotations = new Float64Array(9 * card.geoms.length);
  card.geoms.forEach((geom, index) => {
    const body = places.get(geom.body)!;
    const [dx, dz] = turn(body.angle, geom.pos[0], geom.pos[2]);
    geomPositions.set([body.x + dx, geom.pos[1], body.z + dz], 3 * index);
    const [w, , y] = geom.quat;
    const [c, s] = [Math.cos(body.angle + 2 * Math.atan2(y, w)), Math.sin(body.angle + 2 * Math.atan2(y, w))];
    geomRotations.set([c, 0, s, 0, 1, 0, -s, 0, c], 9 * index);
  });
  return { time, geomPositions, geomRotations, reward, qpos, qvel, xVelocity: qvel[0] };
}

/** A rotation about y, as MuJoCo turns: z goes to x. */
function turn(angle: number, x: number, z: number): [number, number] {
  return [x * Math.cos(angle) + z * Math.sin(angle), z * Math.cos(angle) - x * Math.sin(angle)];
}

function readReference<T>(name: string): T {
  const url = new URL(`../../../../test/fixtures/reference/${name}.json.gz`, import.meta.url);
  return JSON.parse(gunzipSync(readFileSync(url)).toString()) as T;
}
