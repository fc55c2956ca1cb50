/** Everything a report is made from. Whatever is missing leaves out the part of the page that shows it. */
export interface ReportInput {
  /** The environment's id, `HalfCheetah-v5`. */
  environment: string;
  /** The headline; made from the results when absent. */
  title?: string;
  /** Training runs in the order they happened. */
  runs: readonly RunRecord[];
  /** Evaluations by the policy's name; `random`, `expert` and `clone` have their own colours. */
  evaluation: readonly EvaluationRecord[];
  /** Mean return of the clone over that of the expert; computed from the evaluations when absent. */
  cloneToExpert?: number;
  /** One recorded episode, for the pictures of what the agent does. */
  episodeTrace?: EpisodeTrace;
  demonstrations?: DemonstrationsRecord;
  /** Versions of what made the results, by name. */
  versions?: Readonly<Record<string, string>>;
  /** Seeds by what they seeded. */
  seeds?: Readonly<Record<string, unknown>>;
  /** Wall-clock seconds of the whole job. */
  seconds?: number;
  /** The largest resident set of the whole job, in bytes. */
  peakMemoryBytes?: number;
  /** The command line that makes the same results again. */
  command?: string;
}

/** One training run. */
export interface RunRecord {
  /** `expert`, `clone` or the run directory's name. */
  name: string;
  /** `ppo`, `bc`, ... */
  algorithm: string;
  config: Readonly<Record<string, unknown>>;
  /** Rows of `metrics.jsonl`, oldest first. */
  metrics: readonly MetricsRow[];
  summary?: RunFigures;
}

/** What a run's `summary.json` says that a report shows. */
export interface RunFigures {
  /** `running`, `stopped` or `finished`. */
  status?: string;
  /** Steps or epochs done, as {@link unit} says. */
  steps?: number;
  unit?: string;
  cost?: { seconds?: number; stepsPerSecond?: number; peakMemoryBytes?: number };
}

/** One line of `metrics.jsonl`; numbers by name, and whatever else the algorithm writes. */
export type MetricsRow = Readonly<Record<string, unknown>>;

/** Returns of one policy. Where the single returns are unknown, `mean`, `std` and `episodes` stand for them. */
export interface EvaluationRecord {
  name: string;
  /** Undiscounted return of every episode. */
  returns?: readonly number[];
  /** Steps of every episode. */
  lengths?: readonly number[];
  mean?: number;
  std?: number;
  episodes?: number;
}

/** Facts about the recorded demonstrations. */
export interface DemonstrationsRecord {
  file: string;
  episodes: number;
  transitions: number;
  meanReturn?: number;
  minReturn?: number;
  maxReturn?: number;
  bytes?: number;
}

/** An episode with the world pose of every geometry after each step. */
export interface EpisodeTrace {
  /** Whose episode it is: `clone`. */
  policy?: string;
  /** Seconds of simulated time between two frames. */
  dt: number;
  geoms: readonly GeomRecord[];
  joints?: readonly JointRecord[];
  frames: readonly TraceFrame[];
}

/** A geometry's fixed description, in MuJoCo's conventions. */
export interface GeomRecord {
  name: string;
  type: GeomType;
  /** MuJoCo's `geom_size`: radius, half-lengths; meaning depends on the type. */
  size: ArrayLike<number>;
  /** Red, green, blue and opacity from 0 to 1. A geometry of opacity 0 is not drawn. */
  rgba?: ArrayLike<number>;
  /** Name of the body that carries it. */
  body: string;
  /** Name of that body's parent; tells limbs apart, so that each gets its own colour. */
  parentBody?: string;
}

export type GeomType = 'plane' | 'hfield' | 'sphere' | 'capsule' | 'ellipsoid' | 'cylinder' | 'box' | 'mesh' | 'sdf';

/** Where a joint lies in `qpos` and `qvel`. */
export interface JointRecord {
  name: string;
  qposAddress: number;
  qvelAddress: number;
  type: 'free' | 'ball' | 'slide' | 'hinge';
  /** Name of the body that it moves; its chart takes that limb's colour. */
  body?: string;
}

/** One moment of an episode. */
export interface TraceFrame {
  /** Seconds since the reset. */
  time: number;
  /** World positions, `[geoms, 3]`, metres. */
  geomPositions: ArrayLike<number>;
  /** World rotation matrices, `[geoms, 9]`, row by row. */
  geomRotations: ArrayLike<number>;
  /** Reward of the step that led here; 0 at the reset. */
  reward: number;
  observation?: ArrayLike<number>;
  qpos?: ArrayLike<number>;
  qvel?: ArrayLike<number>;
  /** Forward speed in m/s, from the environment's info where it tells it. */
  xVelocity?: number;
}
