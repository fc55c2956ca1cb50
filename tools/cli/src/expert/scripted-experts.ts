import type { Maze2dEnv, PointMazeEnv, WaypointController } from '@understudy/env-maze2d';
import type { WalledMazeEnv } from '@understudy/env-walled-maze';
import type { Expert, Moment } from '@understudy/experts';
import { packageVersion } from '../package-version.ts';

/** A rule written by hand, and where it serves. */
interface ScriptedEntry {
  readonly ids: readonly string[] | RegExp;
  load(): Promise<ScriptedRule>;
}

type ScriptedRule = Pick<Expert, 'begin' | 'act'>;

/** Rules of the environments' packages, each loaded when it is asked for. */
const entries: readonly ScriptedEntry[] = [
  {
    ids: ['Circles-v0'],
    load: async () => {
      const { circlesExpert } = await import('@understudy/env-circles');
      return { act: ({ mode, observation }) => circlesExpert(mode as number, observation) };
    },
  },
  { ids: /^FetchReach(Dense)?-/, load: loadReach },
  { ids: /^maze2d-/, load: loadMaze2d },
  { ids: /^PointMaze_/, load: loadPointMaze },
  {
    ids: /^[CS]Maze(Mirrored)?-/,
    load: async () => {
      const { walledMazeExpert } = await import('@understudy/env-walled-maze');
      const rule = ({ layout, state }: WalledMazeEnv) => walledMazeExpert(layout, state);
      return { act: ({ env }) => rule(env.unwrapped as WalledMazeEnv) };
    },
  },
  { ids: ['BimodalAction-v0'], load: loadBimodal },
  {
    ids: ['IntegratorTrack-v0'],
    load: async () => {
      const { integratorTrackExpert } = await import('@understudy/env-lecture-toys');
      return { act: ({ observation }) => integratorTrackExpert(observation) };
    },
  },
  { ids: ['HiddenVelocity-v0'], load: loadHiddenVelocity },
  { ids: ['Recall-v0'], load: loadRecall },
];

/** The scripted expert of an environment; undefined where none is known. */
export async function loadScriptedExpert(id: string): Promise<Expert | undefined> {
  const entry = entries.find(({ ids }) => (ids instanceof RegExp ? ids.test(id) : ids.includes(id)));
  return entry && { algorithm: 'scripted', fingerprint: `scripted ${packageVersion()}`, ...(await entry.load()) };
}

/** The goal is in the observation, or where that hides it in the info. */
async function loadReach(): Promise<ScriptedRule> {
  const { proportionalController } = await import('@understudy/env-fetch-reach');
  const act = proportionalController();
  return {
    act({ observation, info }) {
      const hidden = info.desired_goal as Float64Array | undefined;
      if (hidden) return act(observation, hidden);
      const [gripper, goal] = [0, 3].map((at) => Array.from({ length: 3 }, (_, i) => observation[at + i]));
      return act(gripper, goal);
    },
  };
}

async function loadMaze2d(): Promise<ScriptedRule> {
  const maze2d = await import('@understudy/env-maze2d');
  let controller: WaypointController;
  return {
    begin({ env }, seed) {
      controller = new maze2d.WaypointController((env.unwrapped as Maze2dEnv).maze, { seed });
    },
    act({ env, observation }) {
      const { x, y } = (env.unwrapped as Maze2dEnv).target;
      return controller.control(observation, [x, y]);
    },
  };
}

async function loadPointMaze(): Promise<ScriptedRule> {
  const maze2d = await import('@understudy/env-maze2d');
  let controller: WaypointController;
  return {
    begin({ env }, seed) {
      const { maze } = env.unwrapped as PointMazeEnv;
      controller = new maze2d.WaypointController(maze, {
        seed,
        layout: maze2d.gymnasiumLayout(maze),
        exactTarget: true,
      });
    },
    // Flat: achieved goal [2], desired goal [2], position and velocity [4].
    act: ({ observation }) => controller.control(slice(observation, 4, 8), slice(observation, 2, 4)),
  };
}

async function loadBimodal(): Promise<ScriptedRule> {
  const [{ bimodalExpert }, { actionGenerator, actionSizeOf }] = await Promise.all([
    import('@understudy/env-lecture-toys'),
    import('@understudy/training'),
  ]);
  let generator = actionGenerator(0);
  return {
    begin(_moment, seed) {
      generator = actionGenerator(seed);
    },
    act: ({ env }) => bimodalExpert(generator, new Float32Array(actionSizeOf(env.actionSpace))),
  };
}

async function loadHiddenVelocity(): Promise<ScriptedRule> {
  const { hiddenVelocityExpert } = await import('@understudy/env-lecture-toys');
  let previous: number[] = [];
  return {
    begin({ observation }) {
      previous = Array.from(observation);
    },
    act({ observation }) {
      const action = hiddenVelocityExpert(previous, observation);
      previous = Array.from(observation);
      return action;
    },
  };
}

async function loadRecall(): Promise<ScriptedRule> {
  const { RecallExpert } = await import('@understudy/env-lecture-toys');
  let expert = new RecallExpert();
  return {
    begin() {
      expert = new RecallExpert();
    },
    act: ({ observation }: Moment) => Float32Array.of(expert.act(observation)),
  };
}

function slice(values: ArrayLike<number>, start: number, end: number): number[] {
  return Array.from({ length: end - start }, (_, i) => values[start + i]);
}
