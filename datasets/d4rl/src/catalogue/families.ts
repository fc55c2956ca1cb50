/** What datasets of one environment have in common. */
export interface D4rlFamily {
  /** Whole names of its datasets. */
  readonly names: RegExp;
  readonly observationSize?: number;
  readonly actionSize?: number;
  /** The time limit that episodes were recorded with. */
  readonly maxEpisodeSteps?: number;
  /** The nearest environment here, from a match of {@link names}. */
  readonly environment?: (name: string) => string;
  /** What differs between the environment of the data and that one. */
  readonly mismatch?: string;
}

const newerPhysics = (id: string) =>
  `recorded in Gym's ${id} on MuJoCo 2.0; observations, actions and rewards are the same, newer MuJoCo moves a little differently`;

/** Sizes are those of the environments that recorded them; step limits those of D4RL's registrations. */
export const d4rlFamilies: readonly D4rlFamily[] = [
  {
    names: /^halfcheetah-/,
    observationSize: 17,
    actionSize: 6,
    maxEpisodeSteps: 1000,
    environment: () => 'HalfCheetah-v4',
    mismatch: newerPhysics('HalfCheetah-v2'),
  },
  {
    names: /^hopper-/,
    observationSize: 11,
    actionSize: 3,
    maxEpisodeSteps: 1000,
    environment: () => 'Hopper-v4',
    mismatch: newerPhysics('Hopper-v2'),
  },
  {
    names: /^walker2d-/,
    observationSize: 17,
    actionSize: 6,
    maxEpisodeSteps: 1000,
    environment: () => 'Walker2d-v4',
    mismatch: newerPhysics('Walker2d-v2'),
  },
  {
    names: /^ant-/,
    observationSize: 111,
    actionSize: 8,
    maxEpisodeSteps: 1000,
    environment: () => 'Ant-v4',
    mismatch:
      'observations have 111 numbers, 84 of them contact forces on all 14 bodies: Ant-v4 gives them with ' +
      'useContactForces and 27 numbers without, Ant-v5 gives 105',
  },
  {
    names: /^maze2d-open-/,
    observationSize: 4,
    actionSize: 2,
    maxEpisodeSteps: 150,
    environment: (name) => name,
  },
  {
    names: /^maze2d-(eval-)?umaze-/,
    observationSize: 4,
    actionSize: 2,
    maxEpisodeSteps: 300,
    environment: (name) => name,
  },
  {
    names: /^maze2d-(eval-)?medium-/,
    observationSize: 4,
    actionSize: 2,
    maxEpisodeSteps: 600,
    environment: (name) => name,
  },
  {
    names: /^maze2d-(eval-)?large-/,
    observationSize: 4,
    actionSize: 2,
    maxEpisodeSteps: 800,
    environment: (name) => name,
  },
  {
    names: /^antmaze-umaze-/,
    observationSize: 29,
    actionSize: 8,
    maxEpisodeSteps: 700,
    environment: (name) => name,
  },
  {
    names: /^antmaze-/,
    observationSize: 29,
    actionSize: 8,
    maxEpisodeSteps: 1000,
    environment: (name) => name,
  },
  { names: /^kitchen-/, observationSize: 60, actionSize: 9, maxEpisodeSteps: 280 },
  { names: /^pen-/, observationSize: 45, actionSize: 24 },
  { names: /^hammer-/, observationSize: 46, actionSize: 26 },
  { names: /^door-/, observationSize: 39, actionSize: 28 },
  { names: /^relocate-/, observationSize: 39, actionSize: 30 },
  { names: /^bullet-halfcheetah-/, observationSize: 26, actionSize: 6 },
  { names: /^bullet-hopper-/, observationSize: 15, actionSize: 3 },
  { names: /^bullet-walker2d-/, observationSize: 22, actionSize: 6 },
  { names: /^bullet-ant-/, observationSize: 28, actionSize: 8 },
  { names: /^bullet-maze2d-/, observationSize: 4, actionSize: 2 },
  { names: /^(minigrid|flow|carla)-/ },
];

/** Returns that scores are measured between, by the names of the datasets; D4RL's own numbers. */
export const referenceReturns: readonly (readonly [names: RegExp, min: number, max: number])[] = [
  [/^halfcheetah-/, -280.178953, 12135],
  [/^hopper-/, -20.272305, 3234.3],
  [/^walker2d-/, 1.629008, 4592.3],
  [/^ant-(?!random-expert)/, -325.6, 3879.7],
  [/^maze2d-open-v0$/, 0.01, 20.66],
  [/^maze2d-umaze-v1$/, 23.85, 161.86],
  [/^maze2d-medium-v1$/, 13.13, 277.39],
  [/^maze2d-large-v1$/, 6.7, 273.99],
  [/^maze2d-open-dense-v0$/, 11.17817, 27.166538620695782],
  [/^maze2d-umaze-dense-v1$/, 68.537689, 193.66285642381482],
  [/^maze2d-medium-dense-v1$/, 44.264742, 297.4552547777125],
  [/^maze2d-large-dense-v1$/, 30.569041, 303.4857382709002],
  [/^minigrid-fourrooms-/, 0.01442, 2.89685],
  [/^pen-/, 96.262799, 3076.8331017826877],
  [/^hammer-/, -274.856578, 12794.134825156867],
  [/^relocate-/, -6.425911, 4233.877797728884],
  [/^door-/, -56.512833, 2880.5693087298737],
  [/^antmaze-/, 0, 1],
  [/^flow-ring-/, -165.22, 24.42],
  [/^flow-merge-/, 118.67993, 330.03179],
  [/^kitchen-/, 0, 4],
  [/^carla-lane-v0$/, -0.8503839912088142, 1023.5784385429523],
  [/^carla-town-v0$/, -114.81579500772153, 2440.1772022247314],
  [/^bullet-halfcheetah-/, -1275.766996, 2381.6725],
  [/^bullet-hopper-/, 20.058972, 1441.8059623430963],
  [/^bullet-ant-/, 373.705955, 2650.495],
  [/^bullet-walker2d-/, 16.523877, 1623.6476303317536],
  [/^bullet-maze2d-open-/, 8.75, 64.15],
  [/^bullet-maze2d-umaze-/, 32.46, 153.99],
  [/^bullet-maze2d-medium-/, 14.87, 238.05],
  [/^bullet-maze2d-large-/, 1.82, 285.92],
];
