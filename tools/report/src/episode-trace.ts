import { InputError } from '@understudy/errors';
import { type SceneGeometry, sceneGeometry } from '@understudy/mujoco';
import { type AnyEnv, actionGenerator, type Policy } from '@understudy/training';
import type { EpisodeTrace, TraceFrame } from './input.ts';

/** Arguments of {@link recordEpisodeTrace}. */
export interface TraceOptions {
  /** Seeds the environment's reset, and the policy's samples if it is to sample. */
  seed: number;
  /** Stop after so many steps; an episode's end comes first. 1000 by default. */
  maxSteps?: number;
  /** Take the mode of the policy's distribution; true by default. */
  deterministic?: boolean;
  /** Whose episode it is, for the captions: `clone`. */
  policyName?: string;
}

/**
 * Plays one episode and keeps the pose of every geometry after each step, for {@link EpisodeTrace}'s pictures. An
 * environment that is none of MuJoCo's has no geometry: its trace holds times and rewards.
 *
 * @param policy - Anything that gives actions for flat observations.
 * @param env - Stepped, and left where the episode ended; not closed.
 * @throws InputError when `maxSteps` is not a positive whole number.
 */
export function recordEpisodeTrace(policy: Pick<Policy, 'act'>, env: AnyEnv, options: TraceOptions): EpisodeTrace {
  const { seed, maxSteps = 1000, deterministic = true, policyName } = options;
  if (!Number.isSafeInteger(maxSteps) || maxSteps < 1) {
    throw new InputError(`maxSteps is ${maxSteps}, but has to be a positive whole number.`);
  }
  const act = { deterministic, generator: deterministic ? undefined : actionGenerator(seed) };
  const observation = new Float64Array(env.observationSpace.flatSize);
  env.observationSpace.flattenInto(env.reset({ seed }).observation, observation, 0);
  const scene = sceneOf(env);
  const dt = stepSeconds(env);
  const frames: TraceFrame[] = [];
  for (let step = 1, ended = false; !ended && step <= maxSteps; step++) {
    const action = policy.act(observation, act);
    const result = env.step(env.actionSpace.kind === 'discrete' ? action[0] : action.slice());
    env.observationSpace.flattenInto(result.observation, observation, 0);
    ended = result.terminated || result.truncated;
    frames.push(takeFrame(scene, step * dt, result.reward, result.info));
  }
  return { policy: policyName, dt, geoms: scene ? geomsOf(scene, env) : [], joints: scene?.joints, frames };
}

function takeFrame(
  scene: SceneGeometry | undefined,
  time: number,
  reward: number,
  info: Readonly<Record<string, unknown>>,
): TraceFrame {
  const speed = info.x_velocity;
  const xVelocity = typeof speed === 'number' ? speed : undefined;
  if (!scene) return { time, reward, xVelocity, geomPositions: [], geomRotations: [] };
  const { geomPositions, geomRotations, qpos, qvel } = scene.capture();
  return { time, reward, xVelocity, geomPositions, geomRotations, qpos, qvel };
}

function sceneOf(env: AnyEnv): SceneGeometry | undefined {
  try {
    return sceneGeometry(env);
  } catch (error) {
    if (error instanceof InputError) return undefined;
    throw error;
  }
}

/** Simulated seconds of one step: MuJoCo environments have `dt`; for others, one over their film's frames a second. */
function stepSeconds(env: AnyEnv): number {
  const { dt } = env.unwrapped as { dt?: unknown };
  if (typeof dt === 'number' && dt > 0) return dt;
  return 1 / (env.metadata.renderFps ?? 1);
}

/**
 * The scene's geometries with their bodies' parents, which tell limbs apart: the nearest that carry a geometry. Bodies
 * without a name get one.
 */
function geomsOf({ geoms, bodyNames }: SceneGeometry, env: AnyEnv): EpisodeTrace['geoms'] {
  const { model } = env.unwrapped as { model?: { integers(field: string): Int32Array } };
  if (!model) return geoms;
  const [bodyOf, parentOf] = [model.integers('geom_bodyid'), model.integers('body_parentid')];
  const carriers = new Set(bodyOf);
  const nameOf = (body: number) => bodyNames[body] || `body ${body}`;
  return geoms.map((geom, index) => {
    let parent = parentOf[bodyOf[index]];
    while (parent > 0 && !carriers.has(parent)) parent = parentOf[parent];
    return { ...geom, body: nameOf(bodyOf[index]), parentBody: nameOf(parent) };
  });
}
