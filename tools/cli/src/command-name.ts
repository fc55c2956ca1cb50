/** What to type to run this command again: under npm it is not on the shell's path. */
export function commandName(environment: NodeJS.ProcessEnv = process.env): string {
  return environment.npm_execpath === undefined ? 'understudy' : 'npx understudy';
}
