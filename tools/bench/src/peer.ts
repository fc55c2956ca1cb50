import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { InputError } from '@understudy/errors';

/** A Python peer that answers one JSON line for each it is given, so that its rounds can alternate with ours. */
export interface Peer {
  /** What it is, with versions, as the script says. */
  readonly name: string;
  /** Why it can't measure what was asked for, `Gymnasium has no Circles-v0`; then {@link measure} can't be called. */
  readonly absent?: string;
  /** Sends one request and waits for its answer: an object of finite numbers. */
  measure(request: Record<string, unknown>): Promise<Record<string, number>>;
  close(): void;
}

/**
 * Starts one of the scripts in this package's `peers` folder.
 *
 * @param python - The interpreter: a path, or a name on the PATH.
 * @param script - The script's file name.
 * @param args - Its arguments.
 * @throws InputError when the interpreter or a module that the script imports is missing.
 */
export async function startPeer(python: string, script: string, args: readonly string[]): Promise<Peer> {
  const child = spawn(python, [fileURLToPath(new URL(`../peers/${script}`, import.meta.url)), ...args]);
  const answers = readAnswers(child, python, script);
  const { peer, absent } = await answers.next();
  return {
    name: String(peer),
    absent: absent === undefined ? undefined : String(absent),
    async measure(request) {
      child.stdin.write(`${JSON.stringify(request)}\n`);
      return asNumbers(await answers.next(), script);
    },
    close: () => child.kill(),
  };
}

/** The child's answers, line by line; its end while one is awaited is an error that quotes its last words. */
function readAnswers(child: ChildProcessWithoutNullStreams, python: string, script: string) {
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  let complaint = '';
  child.stderr.on('data', (chunk) => {
    complaint = `${complaint}${chunk}`.slice(-2000);
  });
  const ended = new Promise<never>((_, reject) => {
    const fail = (reason: string) =>
      reject(
        new InputError(
          `The peer ${script} did not run under "${python}" (${reason}): give --peers a Python that has gymnasium, mujoco and torch.`,
        ),
      );
    child.on('error', (error) => fail(error.message));
    child.on('close', (status) => fail(complaint.trim().split('\n').at(-1) || `it ended with status ${status}`));
  });
  ended.catch(() => {});
  return {
    async next(): Promise<Record<string, unknown>> {
      const { value, done } = await Promise.race([lines.next(), ended]);
      if (done) return ended;
      return JSON.parse(value);
    },
  };
}

function asNumbers(answer: Record<string, unknown>, script: string): Record<string, number> {
  for (const [key, value] of Object.entries(answer)) {
    if (typeof value !== 'number' || !Number.isFinite(value)) {
      throw new Error(`${script} answered ${key} = ${JSON.stringify(value)}, not a finite number`);
    }
  }
  return answer as Record<string, number>;
}
