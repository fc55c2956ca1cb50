import { make } from '@understudy/gym';
import { engineNames } from '@understudy/mujoco';
import { afterEach, describe, expect, test } from 'vitest';
import { D4rlAntMazeEnv, type D4rlAntMazeOptions, type D4rlAntMazeTask } from './d4rl-ant-maze-env.ts';
import { d4rlAntMazes } from './d4rl-mazes.ts';
import './register.ts';

const opened: { close(): void }[] = [];
afterEach(() => {
  for (const env of opened.splice(0)) env.close();
});

async function open(options?: D4rlAntMazeOptions, task?: D4rlAntMazeTask): Promise<D4rlAntMazeEnv> {
  const env = await D4rlAntMazeEnv.create(options, task);
  opened.push(env);
  return env;
}

const still = new Float32Array(8);
const action = Float32Array.from([0.5, -0.25, 1, -1, 0.125, 0, -0.5, 0.75]);
const largeTask = { id: 'antmaze-large-play-v2', mazeMap: d4rlAntMazes.large, targetPerEpisode: true };

/** Puts the ant this far to the right of its target, in its first pose and without speed, and takes a step there. */
function stepAtTarget(env: D4rlAntMazeEnv, away = 0) {
  env.setState([env.target.x + away, env.target.y, ...env.initialQpos.subarray(2)], env.initialQvel);
  return env.step(still);
}

describe('reward and end', () => {
  test('the target pays 1 within 0.5 m and terminates', async () => {
    const env = await open();
    env.reset({ seed: 0 });
    const results = [0.501, 0.499, -0.499].map((away) => {
      const { reward, terminated } = stepAtTarget(env, away);
      return [reward, terminated];
    });
    expect(results).toEqual([
      [0, false],
      [1, true],
      [1, true],
    ]);
  });

  test('a fall ends nothing', async () => {
    const env = await open();
    env.reset({ seed: 0 });
    env.setState([0, 0, 5, ...env.initialQpos.subarray(3)], env.initialQvel);
    expect(env.step(action)).toMatchObject({ reward: 0, terminated: false, truncated: false });
  });

  test('the dense reward is the negative distance', async () => {
    const env = await open({ rewardType: 'dense' });
    env.reset({ seed: 0 });
    const { observation, reward } = env.step(action);
    expect(reward).toBeCloseTo(-Math.hypot(observation[0] - env.target.x, observation[1] - env.target.y), 12);
    expect(stepAtTarget(env).terminated).toBe(true);
  });

  test('the form that made the data shows the way to the target, which ends nothing', async () => {
    const env = await open({ eval: false });
    env.reset({ seed: 0 });
    const { observation, reward, terminated } = stepAtTarget(env, 0.25);
    expect([observation.length, reward, terminated]).toEqual([31, 1, false]);
    expect(observation[29]).toBeCloseTo(-0.25, 3);
    expect(observation[30]).toBe(env.target.y - observation[1]);
  });
});

describe('starts and targets', () => {
  test('the observation is qpos and qvel, x and y included; starts lie within 0.1 of the first pose', async () => {
    const env = await open();
    let squares = 0;
    for (let i = 0; i < 50; i++) {
      const { observation } = env.reset(i === 0 ? { seed: 3 } : {});
      expect([...observation]).toEqual([...env.simulation.qpos, ...env.simulation.qvel]);
      for (let j = 0; j < 15; j++) expect(Math.abs(observation[j] - env.initialQpos[j])).toBeLessThanOrEqual(0.1);
      squares += observation.subarray(15).reduce((sum, speed) => sum + speed * speed, 0);
    }
    // Standard deviation 0.1 of 700 velocities.
    expect(Math.sqrt(squares / 700)).toBeCloseTo(0.1, 1);
  });

  test.each([
    ['antmaze-umaze-v2', 0, 8],
    ['antmaze-umaze-diverse-v2', 0, 8],
    ['antmaze-medium-diverse-v2', 20, 20],
    ['antmaze-large-play-v2', 32, 24],
    ['antmaze-eval-umaze-v0', 0, 8],
    ['antmaze-eval-medium-play-v0', 20, 0],
    ['antmaze-eval-large-diverse-v0', 32, 0],
  ])('targets of %s lie up to 1.5 m beyond (%d, %d)', async (id, x, y) => {
    const env = await make(id);
    opened.push(env);
    const bare = env.unwrapped as unknown as D4rlAntMazeEnv;
    const beyond: number[] = [];
    for (let seed = 0; seed < 40; seed++) {
      bare.setTarget();
      beyond.push(bare.target.x - x, bare.target.y - y);
    }
    expect(Math.min(...beyond)).toBeGreaterThanOrEqual(0);
    expect(Math.max(...beyond)).toBeLessThanOrEqual(1.5);
    // The sum of two uniform draws of means 0.5 and 0.25.
    expect(Math.abs(beyond.reduce((sum, each) => sum + each) / beyond.length - 0.75)).toBeLessThan(0.15);
  });

  test('v2 draws a target at every reset, v0 and v1 only with a seed', async () => {
    for (const [id, redraws] of [
      ['antmaze-umaze-v2', true],
      ['antmaze-umaze-v1', false],
      ['antmaze-umaze-v0', false],
    ] as const) {
      const env = await make(id);
      opened.push(env);
      const bare = env.unwrapped as unknown as D4rlAntMazeEnv;
      env.reset({ seed: 1 });
      const first = bare.target;
      env.reset();
      expect(bare.target.x !== first.x).toBe(redraws);
      env.reset({ seed: 2 });
      expect(bare.target).not.toEqual(first);
      env.reset({ seed: 1 });
      expect(bare.target).toEqual(first);
    }
  });

  test('nonZeroReset starts in any free cell but the goal', async () => {
    const env = await open({ nonZeroReset: true });
    const cells = new Set<string>();
    for (let i = 0; i < 60; i++) {
      const [x, y] = env.reset(i === 0 ? { seed: 0 } : {}).observation;
      const [column, row] = [Math.floor(x / 4), Math.floor(y / 4)];
      expect(Math.max(x - 4 * column, y - 4 * row)).toBeLessThanOrEqual(1);
      cells.add(`${column} ${row}`);
    }
    expect([...cells].sort()).toEqual(['0 0', '1 0', '1 2', '2 0', '2 1', '2 2']);
  });

  test('a map without goals has targets in all its free cells', async () => {
    const env = await open({ mazeMap: '#####\\#OOR#\\#####' });
    const columns = new Set<number>();
    env.reset({ seed: 0 });
    for (let i = 0; i < 40; i++) {
      env.setTarget();
      columns.add(Math.floor(env.target.x / 4));
    }
    expect([...columns].sort()).toEqual([-1, -2, 0]);
  });

  test('setTarget takes places in free cells', async () => {
    const env = await open({}, largeTask);
    env.reset({ seed: 0 });
    env.setTarget([13.9, 1.9]);
    expect(env.target).toEqual({ x: 13.9, y: 1.9 });
    expect(() => env.setTarget([14.1, 1.9])).toThrow(
      'the target of antmaze-large-play-v2 is (14.1, 1.9), in cell (1, 5), which is no free one',
    );
    expect(() => env.setTarget([-40, 0])).toThrow('in cell (1, -9), which is no free one');
    expect(() => env.setTarget([Number.NaN, 0])).toThrow('expected two finite numbers');
    expect(env.target).toEqual({ x: 13.9, y: 1.9 });
  });
});

describe('physics', () => {
  test('an action of 1 is 30 N m, and a step takes 0.1 s', async () => {
    const env = await open();
    env.reset({ seed: 0 });
    env.step(action);
    // The motors' order begins with the last leg; the joints' does not.
    const torques = [2, 3, 4, 5, 6, 7, 0, 1].map((motor) => 30 * action[motor]);
    expect([...env.simulation.qfrc_actuator.subarray(6)]).toEqual(torques);
    expect(env.dt).toBeCloseTo(0.1, 15);
    expect(env.simulation.time).toBeCloseTo(0.1, 15);
  });

  test.each(engineNames)('contacts begin at the larger margin, 0.01 m, on %s, unless told', async (engine) => {
    /** Contacts of the ball with the floor 0.015 m below it. */
    const contacts = async (options: D4rlAntMazeOptions) => {
      const env = await open({ engine, ...options });
      env.setState([0, 0, 0.265, ...env.initialQpos.subarray(3)], env.initialQvel);
      return env.simulation.count('ncon');
    };
    expect(await contacts({})).toBe(0);
    expect(await contacts({ contactMargin: 'sum' })).toBe(1);
  });

  test('walls stand where the map has them, y down the rows', async () => {
    const env = await open();
    const contactsAt = (x: number, y: number) => {
      env.setState([x, y, 0.75, ...env.initialQpos.subarray(3)], env.initialQvel);
      return env.simulation.count('ncon');
    };
    const free = [
      [0, 0],
      [4, 0],
      [8, 0],
      [8, 4],
      [8, 8],
      [4, 8],
      [0, 8],
    ];
    const walls = [
      [-4, 0],
      [0, -4],
      [0, 4],
      [4, 4],
      [12, 4],
      [4, 12],
    ];
    expect(free.map(([x, y]) => contactsAt(x, y))).toEqual(free.map(() => 0));
    for (const [x, y] of walls) expect(contactsAt(x, y)).toBeGreaterThan(0);
  });
});

test('stepInto does the steps of step', async () => {
  const [env, other] = [await open({ eval: false }), await open({ eval: false })];
  for (const each of [env, other]) each.reset({ seed: 5 });
  const out = new Float32Array(32);
  for (let i = 0; i < 10; i++) {
    const { observation, reward } = env.step(action);
    expect(other.stepInto(action, out, 1).reward).toBe(reward);
    expect(out.subarray(1)).toEqual(Float32Array.from(observation));
  }
});

test('a restored state goes on bit by bit, in another environment too, with its target', async () => {
  const [env, other] = [await open(), await open()];
  env.reset({ seed: 4 });
  for (let i = 0; i < 12; i++) env.step(action);
  const state = JSON.parse(JSON.stringify(env.saveState()));
  other.restoreState(state);
  const goOn = (each: D4rlAntMazeEnv) => [
    ...Array.from({ length: 20 }, () => each.step(action)),
    stepAtTarget(each),
    each.reset(),
    each.target,
  ];
  expect(goOn(other)).toEqual(goOn(env));
});

test('the picture shows the target', async () => {
  const env = await open();
  env.reset({ seed: 0 });
  const pixelsOfTarget = () => {
    const { data } = env.render({ width: 96, height: 96 });
    let count = 0;
    for (let i = 0; i < data.length; i += 3) if (data[i] > 2 * data[i + 1] && data[i] > 2 * data[i + 2]) count++;
    return count;
  };
  expect(pixelsOfTarget()).toBeGreaterThan(5);
});

test('wrong maps, options and actions are refused', async () => {
  await expect(open({ mazeMap: '###\\#G#\\###' })).rejects.toThrow(
    'mazeMap of antmaze-umaze-v2 has no cell to start from',
  );
  await expect(open({ mazeMap: '####\\#RO#\\###' })).rejects.toThrow(
    'row 2 of mazeMap of antmaze-umaze-v2 has 3 cells',
  );
  await expect(open({ mazeMap: '#####\\#ROC#\\#####' })).rejects.toThrow('has a cell "c" at (1, 3), which antmaze');
  await expect(make('antmaze-umaze-v2', { resetTarget: true })).rejects.toThrow('has no option resetTarget');
  const env = await open();
  expect(() => env.reset({ options: { goalCell: [1, 1] } })).toThrow('has no option "goalCell"; it takes none');
  expect(() => env.step(new Float32Array(8).fill(Number.NaN))).toThrow('must be finite');
});
