import type { EnvDescription } from '@understudy/gym';
import type { EnvironmentFacts } from './environment-facts.ts';

/**
 * The page of all environments in Markdown: a table of all, then a section for each package, sorted.
 *
 * @param facts - In the order of the table.
 * @param pictures - Places of pictures, beside the page, by id; several ids may share one.
 */
export function environmentsPage(facts: readonly EnvironmentFacts[], pictures: ReadonlyMap<string, string>): string {
  const families = [...groupBy(facts, ({ family }) => family)].sort(([a], [b]) => (a < b ? -1 : 1));
  const sections = families.map(([family, members]) => familySection(family, members, pictures));
  return [
    '# Environments',
    '`make(id, options)` of `@understudy/envs` makes any of them; beside its own options each takes `maxEpisodeSteps`. ' +
      'This page is generated from the code by `node tools/docs/bin/write-environments.js`.',
    overview(facts),
    ...sections,
  ]
    .join('\n\n')
    .concat('\n');
}

function overview(facts: readonly EnvironmentFacts[]): string {
  const rows = facts.map(({ id, family, observationSize, actionSize, maxEpisodeSteps, engine, description }) => [
    `[${id}](#${family})`,
    description?.task ?? '',
    observationSize === 1 ? '1 number' : `${observationSize} numbers`,
    actionSize,
    maxEpisodeSteps === null ? 'none' : String(maxEpisodeSteps),
    engine === null ? 'none' : 'MuJoCo',
  ]);
  return table(['id', 'task', 'observation', 'action', 'time limit', 'engine'], rows);
}

function familySection(
  family: string,
  members: readonly EnvironmentFacts[],
  pictures: ReadonlyMap<string, string>,
): string {
  const groups = [...groupBy(members, ({ description }) => JSON.stringify(description)).values()];
  const parts = groups.map((group) => groupSection(group, pictures));
  const source = `[\`@understudy/env-${family}\`](../envs/${family}/README.md)`;
  return [`## ${titleOf(family)}`, `Package ${source}.`, ...parts].join('\n\n');
}

/** The title whose anchor on the page is the family itself. */
function titleOf(family: string): string {
  return `${family[0].toUpperCase()}${family.slice(1)}`.replaceAll('-', ' ');
}

/** Environments that are the same in words, usually versions of one task. */
function groupSection(members: readonly EnvironmentFacts[], pictures: ReadonlyMap<string, string>): string {
  const [{ description }] = members;
  const drawn = groupBy(
    members.filter(({ id }) => pictures.has(id)),
    ({ id }) => pictures.get(id)!,
  );
  const shown = [...drawn].map(([place, [{ id }]]) => `![${id}](${place})`);
  const heading = `### ${members.map(({ id }) => id).join(', ')}`;
  const parts = [heading, shown.join(' '), description?.task ?? '', factsTable(members, description)];
  return parts.filter((part) => part !== '').join('\n\n');
}

function factsTable(members: readonly EnvironmentFacts[], description: EnvDescription | null): string {
  const code = (text: string) => `\`${text}\``;
  const list = (names: readonly string[]) => (names.length > 0 ? names.map(code).join(', ') : 'none');
  const rows: string[][] = [
    ['observation', description?.observation ?? ''],
    ['observation space', perMember(members, (member) => code(member.observationSpace))],
    ['action', description?.action ?? ''],
    ['action space', perMember(members, (member) => code(member.actionSpace))],
    ['reward', description?.reward ?? ''],
    [
      'time limit',
      perMember(members, ({ maxEpisodeSteps }) => (maxEpisodeSteps ? `${maxEpisodeSteps} steps` : 'none')),
    ],
    ['solved at', perMember(members, ({ rewardThreshold }) => rewardThreshold?.toString() ?? '')],
    ['engine', perMember(members, ({ engine }) => (engine === null ? 'none' : `MuJoCo (${code(engine)})`))],
    ['options', perMember(members, ({ options }) => list(options))],
    ['origin', description?.origin ?? ''],
    ['differences', description?.differences ?? ''],
  ];
  return table(
    ['', ''],
    rows.filter(([, text]) => text !== ''),
  );
}

/** One text for all members, or each its own where they differ. */
function perMember(members: readonly EnvironmentFacts[], tell: (member: EnvironmentFacts) => string): string {
  const texts = [...groupBy(members, tell)];
  if (texts.length === 1) return texts[0][0];
  return texts.map(([text, group]) => `${group.map(({ id }) => id).join(', ')}: ${text || 'none'}`).join('<br>');
}

function table(header: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) => `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`;
  return [line(header), line(header.map(() => '---')), ...rows.map(line)].join('\n');
}

/** Items by a key, keys in the order of their first item. */
function groupBy<Item>(items: readonly Item[], keyOf: (item: Item) => string): Map<string, Item[]> {
  const groups = new Map<string, Item[]>();
  for (const item of items) {
    const group = groups.get(keyOf(item));
    if (group) group.push(item);
    else groups.set(keyOf(item), [item]);
  }
  return groups;
}
