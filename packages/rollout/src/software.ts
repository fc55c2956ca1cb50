import { readFileSync } from 'node:fs';

const { version }: { version: string } = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8'));

/** How this package names itself to its peers. */
export const software = `understudy-ts ${version}`;
