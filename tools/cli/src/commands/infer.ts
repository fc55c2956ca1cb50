import type { Command } from 'commander';
import { openServerSecurity } from '../collection/server-keys.ts';
import type { CommandContext } from '../context.ts';
import { formatCount, formatFigure } from '../format.ts';
import { wholeNumber } from '../values.ts';

interface InferFlags {
  bind: string;
  maxBatch: number;
  maxWait: number;
  keys?: string;
  keyName: string;
  json?: boolean;
}

/** `understudy infer`. */
export function addInferCommand(program: Command, context: CommandContext): void {
  program
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
    .option('--keys <directory>', 'use these CURVE keys and their allow-list; needed beyond this machine')
    .option('--key-name <name>', "the server's pair among the keys", 'server')
    .option('--json', 'print JSON: one object at the start, one at the end')
    .action((flags: InferFlags) => infer(flags, context));
}

async function infer(flags: InferFlags, context: CommandContext): Promise<void> {
  const { InferenceServer } = await import('@understudy/rollout');
  const note = (line: string) => flags.json || context.note(line);
  const { close, ...security } = await openServerSecurity(flags, note, () => void server?.rebind());
  let server: Awaited<ReturnType<typeof InferenceServer.start>> | undefined;
  try {
    const { bind: address, maxBatch, maxWait } = flags;
    server = await InferenceServer.start({ address, maxBatch, maxWaitMicroseconds: maxWait, log: note, ...security });
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
    await close();
  }
}
