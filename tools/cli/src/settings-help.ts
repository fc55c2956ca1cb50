import { type LearnerName, learnerNames, learners } from './learners.ts';

/** Settings with their defaults, by algorithm. */
export type DefaultSettings = Readonly<Record<LearnerName | 'bc', Readonly<Record<string, unknown>>>>;

/** Reads the defaults off the algorithms themselves, so that `--help` lists what there is. */
export async function loadDefaultSettings(): Promise<DefaultSettings> {
  const { resolveBcConfig } = await import('@understudy/bc');
  const settings = await Promise.all(
    learnerNames.map(async (name) => [name, (await learners[name].load()).resolve({ environment: '' })] as const),
  );
  return { ...(Object.fromEntries(settings) as unknown as DefaultSettings), bc: resolveBcConfig({ environment: '' }) };
}

/** The part of a help text that lists settings; those that have an option of their own are left out. */
export function describeSettings(settings: Readonly<Record<string, unknown>>, optionNames: readonly string[]): string {
  const listed = Object.entries(settings).filter(([name]) => !optionNames.includes(name));
  const width = Math.max(...listed.map(([name]) => name.length));
  const lines = listed.map(([name, value]) => `  ${name.padEnd(width)}  ${JSON.stringify(value)}`);
  return `\nSettings for --set and their defaults:\n${lines.join('\n')}`;
}
