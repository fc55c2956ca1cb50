/**
 * A commander value parser for an option that may be repeated. One that takes several values at once would take the
 * command's arguments behind it too.
 */
export function collectNames(name: string, previous: string[] = []): string[] {
  return [...previous, name];
}
