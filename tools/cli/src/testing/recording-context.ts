import type { CommandContext } from '../context.ts';
import { createProgram } from '../program.ts';

/** What a command did in this process. */
export interface Recorded {
  printed: string[];
  noted: string[];
  status: number;
}

/** A context that keeps what a command wrote, for tests in this process. */
export function createRecordingContext(): CommandContext & Recorded {
  const recorded: Recorded = { printed: [], noted: [], status: 0 };
  return Object.assign(recorded, {
    print: (line: string) => void recorded.printed.push(line),
    note: (line: string) => void recorded.noted.push(line),
    startProgress: () => ({ update: () => {}, stop: () => {} }),
    interruption: () => new AbortController().signal,
    setExitStatus: (status: number) => {
      recorded.status = status;
    },
  });
}

/** Runs a command in this process; what it throws is the caller's to expect. */
export async function runHere(...argv: string[]): Promise<Recorded> {
  const context = createRecordingContext();
  await createProgram(context).parseAsync(argv, { from: 'user' });
  return context;
}
