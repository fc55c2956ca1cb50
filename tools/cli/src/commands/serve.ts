import { createRequire } from 'node:module';
import { pathToFileURL } from 'node:url';
import { InputError, nearestNames } from '@understudy/errors';
import type { EnvironmentServer } from '@understudy/rollout';
import type { Command } from 'commander';
import type { CommandContext } from '../context.ts';
import { formatCount } from '../format.ts';
import { addServerKeyOptions, openServerSecurity, type ServerKeyFlags } from '../keys/server-keys.ts';
import { positiveNumber, wholeNumber } from '../values.ts';

interface ServeFlags extends ServerKeyFlags {
  bind: string;
  env?: string[];
  workers: number;
  threads: number;
  maxSessions: number;
  maxEnvironments: number;
  lease: number;
  json?: boolean;
}

/** Seconds that requests under way are waited for when the command is told to end. */
const DRAIN_SECONDS = 10;

/** `understudy serve`. */
export function addServeCommand(program: Command, context: CommandContext): void {
  const command = program
    .command('serve')
    .description('serve environments to other processes over the rollout protocol, until SIGTERM or Ctrl-C')
    .option('--bind <address>', 'tcp://HOST:PORT or ipc://PATH; port * lets the system choose', 'tcp://127.0.0.1:5555')
    .option('--env <id>', 'offer only this environment; may be repeated', (id: string, ids: string[] = []) => [
      ...ids,
      id,
    ])
    .option(
      '--workers <n>',
      'threads that clients are spread over; 0 serves all in one',
      wholeNumber('--workers', 0),
      0,
    )
    .option(
      '--threads <n>',
      "threads over which each client's environments are stepped, the serving one among them; 0 and 1 step them in turn",
      wholeNumber('--threads', 0),
      0,
    )
    .option('--max-sessions <n>', 'vector environments at a time', wholeNumber('--max-sessions', 1), 64)
    .option('--max-environments <n>', 'environments in all', wholeNumber('--max-environments', 1), 4096)
    .option('--lease <seconds>', 'close what a client that is silent for so long has', positiveNumber('--lease'), 60)
    .option('--json', 'print JSON: one object at the start, one at the end')
    .action((flags: ServeFlags) => serve(flags, context));
  addServerKeyOptions(command);
}

async function serve(flags: ServeFlags, context: CommandContext): Promise<void> {
  const { environmentIds, make } = await import('@understudy/envs');
  const ids = offeredIds(flags.env, environmentIds());
  const { workers, threads } = flags;
  const { EnvironmentServer } = await import('@understudy/rollout');
  let server: Awaited<ReturnType<typeof EnvironmentServer.start>> | undefined;
  // Who is refused is told beside JSON, too: it goes to stderr.
  const security = await openServerSecurity(
    flags,
    (line) => context.note(line),
    () => void server?.rebind(),
  );
  try {
    server = await EnvironmentServer.start({
      ...security.options,
      address: flags.bind,
      environments: ids.map((id) => ({ id })),
      // Worker threads import the environments themselves.
      ...(workers === 0 ? { make } : { module: builtModule('@understudy/envs') }),
      workers,
      threadsPerSession: threads,
      maxSessions: flags.maxSessions,
      maxEnvironments: flags.maxEnvironments,
      leaseSeconds: flags.lease,
      log: (line) => flags.json || context.note(line),
    });
    announce(server.address, ids, flags, context);
    const { messages, steps, refused } = await untilTold(server, context);
    if (flags.json) context.print(JSON.stringify({ stopped: true, messages, steps, refused }));
    else context.print(`Served ${formatCount(steps)} steps by ${formatCount(messages)} messages; refused ${refused}.`);
  } finally {
    await security.close();
  }
}

/** Waits for the end, and drains the server. @returns what it has done. */
async function untilTold(server: Pick<EnvironmentServer, 'figures' | 'drain'>, context: CommandContext) {
  const signal = context.interruption();
  if (!signal.aborted) await new Promise((resolve) => signal.addEventListener('abort', resolve, { once: true }));
  const { figures } = server;
  await server.drain({ seconds: DRAIN_SECONDS });
  return figures;
}

function announce(address: string, ids: readonly string[], flags: ServeFlags, context: CommandContext): void {
  const { workers, threads } = flags;
  const some = ids.length > 8 ? `${ids.slice(0, 8).join(', ')} and ${ids.length - 8} more` : ids.join(', ');
  if (flags.json) context.print(JSON.stringify({ address, environments: ids, workers, threads }));
  else context.print(`Serving ${some} at ${address}; Ctrl-C ends it.`);
}

/** The environments to offer: all, or those that are named. @throws InputError for one that is unknown. */
function offeredIds(wanted: readonly string[] | undefined, known: readonly string[]): readonly string[] {
  for (const id of wanted ?? []) {
    if (known.includes(id)) continue;
    const near = nearestNames(id, known);
    const hint = near.length > 0 ? `did you mean ${near.join(' or ')}?` : '"understudy env list" prints all';
    throw new InputError(`--env: there is no environment "${id}"; ${hint}`);
  }
  return wanted ? [...new Set(wanted)] : known;
}

/** The URL by which threads import a package: as it is built. */
function builtModule(name: string): string {
  return pathToFileURL(createRequire(import.meta.url).resolve(name)).href;
}
