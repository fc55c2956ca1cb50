import { make, makeVector } from '@understudy/envs';
import { InputError } from '@understudy/errors';
import type { VectorEnv } from '@understudy/gym';
import { BaseMujocoEnv } from '@understudy/mujoco';
import { describeMachine } from './machine.ts';
import { startPeer } from './peer.ts';
import { alternate, type BenchHooks } from './rounds.ts';

export interface BenchEnvOptions {
  id: string;
  /** Copies stepped together; 1 steps a single environment from `make`, wrappers and infos included. */
  envs?: number;
  /** Worker threads that the copies are split over; 0 steps them in this thread. */
  workers?: number;
  /** Physics engine; the environment's default without it. */
  engine?: string;
  /** A Python interpreter with Gymnasium, to time the same in alternation. */
  peers?: string;
  /** Seconds of one round. */
  seconds?: number;
  rounds?: number;
}

export interface BenchEnvResult {
  id: string;
  engine: string;
  envs: number;
  workers: number;
  /** Environment steps a second, over all copies, resets included. */
  stepsPerSecond: number;
  /** Gymnasium's steps a second: `make` for one environment, `SyncVectorEnv` for more. */
  peer?: number;
  /** Our speed over the peer's: above 1 is faster. */
  ratio?: number;
  peerName?: string;
  /** Why a peer that was asked for has no figure: Gymnasium has no such environment. */
  peerAbsent?: string;
  machine: string;
}

/** Actions of one environment drawn before the clock starts and used in turn. */
const PREPARED_ACTIONS = 256;
/** Environment steps between two looks at the clock, about, where many environments step together. */
const STEPS_PER_LOOK = 1024;

/**
 * Times an environment under random actions, beside Gymnasium if asked.
 *
 * @throws InputError when the id or engine is unknown, or the peer can't run.
 */
export async function benchEnv(options: BenchEnvOptions, hooks: BenchHooks = {}): Promise<BenchEnvResult> {
  const { id, envs = 1, workers = 0, engine, seconds = 1, rounds = 5 } = options;
  if (workers > envs) {
    throw new InputError(`${workers} workers can't share ${envs} environments: give --workers at most --envs.`);
  }
  const own = engine === undefined ? {} : { engine };
  const used = await engineOf(id, own);
  const stepper = envs === 1 && workers === 0 ? await single(id, own) : await vectorised(id, envs, workers, own);
  const peer = options.peers ? await startPeer(options.peers, 'gym_steps.py', [id, String(envs)]) : undefined;
  try {
    const paired = await alternate(
      rounds,
      () => stepper.measure(seconds),
      peer && !peer.absent ? async () => (await peer.measure({ seconds })).stepsPerSecond : undefined,
      hooks,
    );
    const { absent: peerAbsent, name: peerName } = peer ?? {};
    const beside = peerAbsent ? { peerAbsent } : peer ? { peer: paired.peer, ratio: paired.ratio, peerName } : {};
    const machine = describeMachine();
    return { id, engine: used, envs, workers, stepsPerSecond: paired.ours, ...beside, machine };
  } finally {
    peer?.close();
    stepper.close();
  }
}

/** Name of the physics engine that an environment runs on. */
async function engineOf(id: string, options: Record<string, unknown>): Promise<string> {
  const env = await make(id, options);
  env.close();
  return env.unwrapped instanceof BaseMujocoEnv ? env.unwrapped.engine.name : 'none';
}

interface Stepper {
  /** Steps for so many seconds; environment steps a second. */
  measure(seconds: number): number;
  close(): void;
}

async function single(id: string, options: Record<string, unknown>): Promise<Stepper> {
  const env = await make(id, options);
  env.actionSpace.seed(0);
  const actions = Array.from({ length: PREPARED_ACTIONS }, () => env.actionSpace.sample());
  env.reset({ seed: 0 });
  const measure = (seconds: number) =>
    rate(seconds, PREPARED_ACTIONS, () => {
      for (const action of actions) {
        const { terminated, truncated } = env.step(action);
        if (terminated || truncated) env.reset();
      }
    });
  return { measure, close: () => env.close() };
}

async function vectorised(
  id: string,
  count: number,
  workers: number,
  options: Record<string, unknown>,
): Promise<Stepper> {
  const env = await makeVector(id, { count, workers, options });
  const actions = prepareActions(env);
  env.reset({ seed: 0 });
  const batch = Math.min(actions.length, Math.ceil(STEPS_PER_LOOK / count));
  let next = 0;
  const measure = (seconds: number) =>
    rate(seconds, count * batch, () => {
      for (let i = 0; i < batch; i++) {
        env.step(actions[next]);
        next = (next + 1) % actions.length;
      }
    });
  return { measure, close: () => env.close() };
}

/** Uniform actions within the box, or whole numbers for a discrete space. */
export function prepareActions(env: VectorEnv): Float32Array[] {
  const space = env.singleActionSpace;
  space.seed(0);
  return Array.from({ length: PREPARED_ACTIONS }, () => {
    const actions = new Float32Array(env.count * env.actionSize);
    for (let i = 0; i < env.count; i++) {
      const action = space.sample();
      if (typeof action === 'number') actions[i] = action;
      else actions.set(action as Float32Array, i * env.actionSize);
    }
    return actions;
  });
}

function rate(seconds: number, stepsPerCall: number, call: () => void): number {
  const start = performance.now();
  let steps = 0;
  let elapsed = 0;
  while (elapsed < 1000 * seconds) {
    call();
    steps += stepsPerCall;
    elapsed = performance.now() - start;
  }
  return (1000 * steps) / elapsed;
}
