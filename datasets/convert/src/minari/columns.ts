import type { Column } from '../table.ts';

/** Where a column of the table stands in a Minari episode. */
export type Place =
  | { readonly kind: 'observations' | 'nextObservations'; readonly column: string }
  | { readonly kind: 'actions' | 'rewards' | 'terminations' | 'truncations' | 'infos'; readonly column: string };

const fixed: Readonly<Record<string, Place>> = {
  rewards: { kind: 'rewards', column: 'rewards' },
  terminals: { kind: 'terminations', column: 'terminations' },
  timeouts: { kind: 'truncations', column: 'truncations' },
};

/** Where a column such as `next_observations/goal` stands; undefined where Minari has no place for it. */
export function placeOf(name: string): Place | undefined {
  if (Object.hasOwn(fixed, name)) return fixed[name];
  if (name === 'observations' || name.startsWith('observations/')) return { kind: 'observations', column: name };
  if (name === 'actions' || name.startsWith('actions/')) return { kind: 'actions', column: name };
  if (name.startsWith('infos/')) return { kind: 'infos', column: name };
  const next = /^next_(observations(?:\/.*)?)$/.exec(name);
  return next === null ? undefined : { kind: 'nextObservations', column: next[1] };
}

/** The inverse of {@link placeOf} for a column of an episode. */
export function nameOf(column: string): string {
  return Object.keys(fixed).find((name) => fixed[name].column === column) ?? column;
}

/** Columns in the order in which D4RL's files list them. */
export function orderColumns<T extends Pick<Column, 'name'>>(columns: readonly T[]): T[] {
  const kinds = ['observations', 'actions', 'rewards', 'terminations', 'truncations', 'nextObservations', 'infos'];
  const rank = ({ name }: Pick<Column, 'name'>) => kinds.indexOf(placeOf(name)?.kind ?? 'infos');
  return [...columns].sort((a, b) => rank(a) - rank(b) || (a.name < b.name ? -1 : 1));
}
