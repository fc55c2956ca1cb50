/** Something that is wrong with published data. */
export interface D4rlFault {
  /** Whole names of the datasets that have it. */
  readonly names: RegExp;
  readonly what: string;
  /** Where it was reported. */
  readonly source: string;
  /** The correction that can be asked for by name, where there is one. */
  readonly fix?: D4rlFix;
}

/** Names of the corrections; nothing is corrected unless it is asked for. */
export type D4rlFix = 'maze2d-rewards' | 'antmaze-timeouts';

const issue = (number: number) => `https://github.com/Farama-Foundation/D4RL/issues/${number}`;

/** Faults of D4RL's files as they were published. */
export const d4rlFaults: readonly D4rlFault[] = [
  {
    names: /^maze2d-/,
    what: 'rewards belong to the observation of their row, not to the one that its action leads to',
    source: issue(194),
    fix: 'maze2d-rewards',
  },
  {
    names: /^maze2d-/,
    what:
      'the reference maximum is too low: the waypoint controller kept its state from one episode to the next and often ' +
      'failed, so scores above 100 are common',
    source: issue(159),
  },
  {
    names: /^antmaze-.*-v0$/,
    what: 'timeouts are out of step with where the ant is put back to its start, so episodes jump across the maze',
    source: issue(77),
    fix: 'antmaze-timeouts',
  },
  {
    names: /^antmaze-umaze-diverse-v[02]$/,
    what: 'a success has one row with a reward, where the other mazes reward every row near the goal',
    source: issue(199),
  },
  {
    names: /^(halfcheetah|hopper|walker2d|ant)-medium-replay-/,
    what: 'timeouts are not marked everywhere',
    source: issue(162),
  },
];
