import type { PublicKey } from '@understudy/rollout';
import type { Command } from 'commander';
import type { CommandContext } from '../context.ts';
import { formatTable } from '../format.ts';

interface KeyFlags {
  dir?: string;
  json?: boolean;
}

interface AllowFlags extends KeyFlags {
  name?: string;
  comment?: string;
}

/** What is told of a key: nothing secret. */
interface KeyFacts {
  name: string;
  fingerprint: string;
  comment: string;
}

const directoryOption = [
  '--dir <directory>',
  'where the keys lie; UNDERSTUDY_KEYS or ~/.understudy/keys by default',
] as const;

/** `understudy keys create|allow|revoke|list`. */
export function addKeysCommands(program: Command, context: CommandContext): void {
  const keys = program.command('keys').description('keys for servers that other machines may connect to');
  keys
    .command('create <name>')
    .description('create a pair: NAME.secret.json, to be kept, and NAME.public.json, to be given to the other side')
    .option('--comment <text>', 'what the key is, for those who list it', '')
    .option(...directoryOption)
    .option('--json', 'print one JSON object')
    .action((name: string, flags: KeyFlags & { comment: string }) => create(name, flags, context));
  keys
    .command('allow <file>')
    .description("let the owner of a public key connect to this directory's servers; those that run notice")
    .option('--name <name>', 'list the key under this name instead of its own')
    .option('--comment <text>', 'note this instead of what the file says')
    .option(...directoryOption)
    .option('--json', 'print one JSON object')
    .action((file: string, flags: AllowFlags) => allow(file, flags, context));
  keys
    .command('revoke <name>')
    .description('let a key, by name or fingerprint, connect no more')
    .option(...directoryOption)
    .option('--json', 'print one JSON object')
    .action((name: string, flags: KeyFlags) => revoke(name, flags, context));
  keys
    .command('list')
    .description('list the own pairs and the keys that may connect')
    .option(...directoryOption)
    .option('--json', 'print one JSON object')
    .action((flags: KeyFlags) => list(flags, context));
}

async function create(name: string, flags: KeyFlags & { comment: string }, context: CommandContext): Promise<void> {
  const { createKeys, defaultKeyDirectory, publicKeyPath, secretKeyPath } = await import('@understudy/rollout');
  const { dir = defaultKeyDirectory(), comment } = flags;
  const facts = await factsOf(createKeys(dir, name, comment));
  const files = { secret: secretKeyPath(dir, name), public: publicKeyPath(dir, name) };
  if (flags.json) return context.print(JSON.stringify({ ...facts, ...files }));
  context.print(`${files.secret}: keep it, and give it to nobody`);
  context.print(`${files.public}: for the other side, ${facts.fingerprint}`);
}

async function allow(file: string, flags: AllowFlags, context: CommandContext): Promise<void> {
  const { allowKey, allowListPath, defaultKeyDirectory, readPublicKey } = await import('@understudy/rollout');
  const { dir = defaultKeyDirectory() } = flags;
  const { publicKey, name, comment } = readPublicKey(file);
  const key = { publicKey, name: flags.name ?? name, comment: flags.comment ?? comment };
  allowKey(allowListPath(dir), key);
  await tell('Allowed', key, flags, context);
}

async function revoke(name: string, flags: KeyFlags, context: CommandContext): Promise<void> {
  const { allowListPath, defaultKeyDirectory, revokeKey } = await import('@understudy/rollout');
  const { dir = defaultKeyDirectory() } = flags;
  await tell('Revoked', revokeKey(allowListPath(dir), name), flags, context);
}

async function tell(done: string, key: PublicKey, flags: KeyFlags, context: CommandContext): Promise<void> {
  const facts = await factsOf(key);
  context.print(flags.json ? JSON.stringify(facts) : `${done} ${facts.name}, ${facts.fingerprint}`);
}

async function list(flags: KeyFlags, context: CommandContext): Promise<void> {
  const { allowListPath, defaultKeyDirectory, listKeys, readAllowList } = await import('@understudy/rollout');
  const { dir = defaultKeyDirectory() } = flags;
  const { keys, problems } = readAllowList(allowListPath(dir));
  const own = await Promise.all(listKeys(dir).map(factsOf));
  const allowed = await Promise.all(keys.map(factsOf));
  for (const problem of problems) context.note(problem);
  if (flags.json) return context.print(JSON.stringify({ directory: dir, own, allowed }));
  if (own.length + allowed.length === 0) return context.print(`There are no keys in ${dir}.`);
  const rows = (what: string, facts: KeyFacts[]) => facts.map((key) => [key.name, what, key.fingerprint, key.comment]);
  context.print(
    formatTable(['name', '', 'fingerprint', 'comment'], [...rows('own pair', own), ...rows('allowed', allowed)]),
  );
}

async function factsOf({ name, publicKey, comment }: PublicKey): Promise<KeyFacts> {
  const { fingerprint } = await import('@understudy/rollout');
  return { name, fingerprint: fingerprint(publicKey), comment };
}
