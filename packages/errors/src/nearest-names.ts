/**
 * The names that a mistyped one most likely meant, nearest first.
 *
 * @param name - What was typed.
 * @param names - What exists.
 * @param limit - At most so many are returned.
 * @returns Names within an edit distance of a third of the typed name's length (at least 2), letter case ignored.
 */
export function nearestNames(name: string, names: Iterable<string>, limit = 3): string[] {
  const typed = name.toLowerCase();
  const reach = Math.max(2, Math.floor(typed.length / 3));
  return [...names]
    .map((candidate) => ({ candidate, distance: editDistance(typed, candidate.toLowerCase()) }))
    .filter(({ distance }) => distance <= reach)
    .sort((a, b) => a.distance - b.distance || (a.candidate < b.candidate ? -1 : 1))
    .slice(0, limit)
    .map(({ candidate }) => candidate);
}

/** Levenshtein's distance: the fewest insertions, deletions and substitutions that turn `a` into `b`. */
function editDistance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      const substitution = row[j - 1] + (a[i - 1] === b[j - 1] ? 0 : 1);
      next.push(Math.min(row[j] + 1, next[j - 1] + 1, substitution));
    }
    row = next;
  }
  return row[b.length];
}
