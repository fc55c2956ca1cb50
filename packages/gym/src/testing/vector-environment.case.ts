import { expect, test } from 'vitest';
import type { MakeOptions } from '../registry.ts';
import { SyncVectorEnv } from '../vector/sync-vector-env.ts';
import type { AutoresetMode, VectorEnv } from '../vector-env.ts';
import { type AnyEnv, flatten, hasEnded } from './environment-runs.ts';

const count = 2;
const seed = 20;
/** Short episodes, so that several ends are met. */
const options = { maxEpisodeSteps: 3 };

/** What one sub-environment shows after a step. */
interface Row {
  observation: number[];
  reward: number;
  terminated: number;
  truncated: number;
  wasReset: number;
  /** The episode's last observation, where same-step mode has put another in its place. */
  final?: number[];
}

/** A vector environment's rows must be what single environments give, in all autoreset modes. */
export function describeVectorEnvironment(makeIt: (options?: MakeOptions) => Promise<AnyEnv>): void {
  const makeAll = () => Promise.all(Array.from({ length: count }, () => makeIt(options)));

  test.each(['next-step', 'same-step', 'disabled'] as const)(
    'copies stepped together are single environments, autoreset %s',
    async (autoresetMode) => {
      const singles = await makeAll();
      const together = new SyncVectorEnv(await makeAll(), { autoresetMode });
      together.reset({ seed });
      const starts = singles.map((env, i) => [...flatten(env, env.reset({ seed: seed + i }).observation)]);
      expect([...together.observations]).toEqual(starts.flat());
      const ended = singles.map(() => false);
      together.singleActionSpace.seed(1);
      for (let step = 0; step < 9; step++) {
        const actions = singles.map(() => together.singleActionSpace.sample());
        together.step(flatActions(together, actions));
        const rows = singles.map((env, i) => singleStep(env, actions[i], autoresetMode, ended, i));
        expect(readRows(together, rows)).toEqual(rows);
        if (autoresetMode === 'disabled') resetEnded(together, singles, ended);
      }
      together.close();
      for (const env of singles) env.close();
    },
  );
}

function flatActions({ actionSize }: VectorEnv, actions: readonly unknown[]): Float32Array {
  const flat = new Float32Array(count * actionSize);
  actions.forEach((action, i) => {
    flat.set(typeof action === 'number' ? [action] : (action as Float32Array), i * actionSize);
  });
  return flat;
}

/** One step of a single environment as an autoreset mode has it. */
function singleStep(env: AnyEnv, action: unknown, mode: AutoresetMode, ended: boolean[], i: number): Row {
  if (mode === 'next-step' && ended[i]) {
    ended[i] = false;
    const observation = [...flatten(env, env.reset().observation)];
    return { observation, reward: 0, terminated: 0, truncated: 0, wasReset: 1 };
  }
  const result = env.step(action);
  const observation = [...flatten(env, result.observation)];
  const flags = { terminated: Number(result.terminated), truncated: Number(result.truncated), wasReset: 0 };
  ended[i] = hasEnded(result);
  const row = { observation, reward: result.reward, ...flags };
  if (mode !== 'same-step' || !ended[i]) return row;
  return { ...row, observation: [...flatten(env, env.reset().observation)], final: observation };
}

/** The vector environment's rows, with the final observations that are expected to be there. */
function readRows(env: VectorEnv, expected: readonly Row[]): Row[] {
  const size = env.observationSize;
  return expected.map(({ final }, i): Row => {
    const row = {
      observation: [...env.observations.subarray(i * size, (i + 1) * size)],
      reward: env.rewards[i],
      terminated: env.terminated[i],
      truncated: env.truncated[i],
      wasReset: env.wasReset[i],
    };
    return final ? { ...row, final: [...env.finalObservations.subarray(i * size, (i + 1) * size)] } : row;
  });
}

function resetEnded(env: VectorEnv, singles: readonly AnyEnv[], ended: readonly boolean[]): void {
  const size = env.observationSize;
  ended.forEach((over, i) => {
    if (!over) return;
    env.resetAt(i);
    const start = [...flatten(singles[i], singles[i].reset().observation)];
    expect([...env.observations.subarray(i * size, (i + 1) * size)]).toEqual(start);
  });
}
