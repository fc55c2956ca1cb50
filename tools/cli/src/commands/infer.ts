import type { Command } from 'commander';
import type { CommandContext } from '../context.ts';
import { formatCount, formatFigure } from '../format.ts';
import { addServerKeyOptions, openServerSecurity, type ServerKeyFlags } from '../keys/server-keys.ts';
import { wholeNumber } from '../values.ts';

interface InferFlags extends ServerKeyFlags {
  bind: string;
  maxBatch: number;
  maxWait: number;
  json?: boolean;
}

/** `understudy infer`. */
export function addInferCommand(program: Command, context: CommandContext): void {
  const command = program
    .command('infer')
    .description("compute networks' outputs for the workers of one or more learners, until SIGTERM or Ctrl-C")
    .option('--bind <address>', 'tcp://HOST:PORT or ipc://PATH; port * lets the system choose', 'tcp://127.0.0.1:5556')
    .option('--max-batch <n>', 'observations that are computed at once', wholeNumber('--max-batch', 1), 1024)
    .option(
      '--max-wait <microseconds>',
      'how long a request may wait for others to join it; 0 does not wait',
      wholeNumber('--max-wait', 0),
      500,
    )
    .option('--json', 'print JSON: one object at the start, one at the end')
    .action((flags: InferFlags) => infer(flags, context));
  addServerKeyOptions(command);
}

async function infer(flags: InferFlags, context: CommandContext): Promise<void> {
  const { InferenceServer } = await import('@understudy/rollout');
  const note = (line: string) => flags.json || context.note(line);
  let server: Awaited<ReturnType<typeof InferenceServer.start>> | undefined;
  // Who is refused is told beside JSON, too: it goes to stderr.
  const security = await openServerSecurity(
    flags,
    (line) => context.note(line),
    () => void server?.rebind(),
  );
  try {
    const { bind: address, maxBatch, maxWait } = flags;
    server = await InferenceServer.start({
      ...security.options,
      address,
      maxBatch,
      maxWaitMicroseconds: maxWait,
      log: note,
    });
    if (flags.json) context.print(JSON.stringify({ address: server.address }));
    else context.print(`Computing at ${server.address}; Ctrl-C ends it.`);
    const signal = context.interruption();
    if (!signal.aborted) await new Promise((resolve) => signal.addEventListener('abort', resolve, { once: true }));
    const { figures } = server;
    if (flags.json) return context.print(JSON.stringify({ stopped: true, ...figures }));
    const { rows, requests, batches } = figures;
    const mean = batches > 0 ? formatFigure(rows / batches) : '0';
    context.print(`Computed ${formatCount(rows)} rows of ${formatCount(requests)} requests, ${mean} a batch.`);
  } finally {
    await server?.close();
    await security.close();
  }
}
