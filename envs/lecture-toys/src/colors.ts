import type { Color } from '@understudy/render';

/** Colours of the toys' pictures. */
export const colors = {
  frame: [205, 205, 210],
  goal: [90, 160, 90],
  band: [222, 236, 222],
  path: [67, 147, 195],
  agent: [214, 96, 77],
} as const satisfies Record<string, Color>;

/** One colour a cue. */
export const cueColors: readonly Color[] = [
  [214, 96, 77],
  [67, 147, 195],
  [90, 160, 90],
  [230, 171, 2],
  [117, 112, 179],
  [166, 118, 29],
  [231, 41, 138],
  [102, 102, 102],
];
