import { describeFailure, Interrupted } from './error-policy.ts';
import { createContext, type ProcessContext } from './process-context.ts';
import { createProgram } from './program.ts';
import { loadDefaultSettings } from './settings-help.ts';

/**
 * Runs the `understudy` command.
 *
 * Output goes to this process's stdout (figures, answers) and stderr (progress, notes, complaints). Nothing throws:
 * wrong input ends in one sentence and status 2, Ctrl-C in status 130, a bug in its stack and status 1.
 *
 * @param argv - What follows the command's name: `['train', 'ppo', '--env', 'Hopper-v5']`.
 * @returns The exit status.
 */
export async function main(argv: readonly string[]): Promise<number> {
  const context = createContext(process);
  try {
    const settings = argv.includes('train') ? await loadDefaultSettings() : undefined;
    const program = createProgram(context, settings);
    await program.parseAsync(argv.length > 0 ? argv : ['--help'], { from: 'user' });
    return context.exitStatus;
  } catch (error) {
    const { status, message } = describeFailure(endedByInterruption(error, context) ?? error);
    if (message) context.note(message);
    return status;
  } finally {
    context.close();
  }
}

/** What threw because the user's Ctrl-C aborted it is no bug. */
function endedByInterruption(error: unknown, context: ProcessContext): Interrupted | undefined {
  const aborted = error instanceof Error && error.name === 'AbortError' && context.interrupted;
  return aborted ? new Interrupted('Interrupted.') : undefined;
}
