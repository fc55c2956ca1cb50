/** D4RL's mean returns over 100 episodes: of random actions, and of its waypoint controller. */
export interface MazeScoreReference {
  readonly min: number;
  readonly max: number;
}

/** What D4RL normalises returns of its maze2d tasks by: 100 * (return - min) / (max - min). */
export const maze2dScoreReferences: Readonly<Record<string, MazeScoreReference>> = {
  'maze2d-open-v0': { min: 0.01, max: 20.66 },
  'maze2d-umaze-v1': { min: 23.85, max: 161.86 },
  'maze2d-medium-v1': { min: 13.13, max: 277.39 },
  'maze2d-large-v1': { min: 6.7, max: 273.99 },
  'maze2d-eval-umaze-v1': { min: 36.63, max: 141.4 },
  'maze2d-eval-medium-v1': { min: 13.07, max: 204.93 },
  'maze2d-eval-large-v1': { min: 16.4, max: 302.22 },
  'maze2d-open-dense-v0': { min: 11.17817, max: 27.166538620695782 },
  'maze2d-umaze-dense-v1': { min: 68.537689, max: 193.66285642381482 },
  'maze2d-medium-dense-v1': { min: 44.264742, max: 297.4552547777125 },
  'maze2d-large-dense-v1': { min: 30.569041, max: 303.4857382709002 },
  'maze2d-eval-umaze-dense-v1': { min: 56.95455, max: 178.21373133248397 },
  'maze2d-eval-medium-dense-v1': { min: 42.28578, max: 235.5658957482388 },
  'maze2d-eval-large-dense-v1': { min: 56.95455, max: 326.09647655082637 },
};
