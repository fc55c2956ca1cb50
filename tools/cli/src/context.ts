import type { ProgressOptions, ProgressReporter } from './progress.ts';

/** What a command may do to the world outside: its output, its progress, the user's Ctrl-C, its exit status. */
export interface CommandContext {
  /** Writes a line to stdout: figures, and what the user asked for. */
  print(line: string): void;
  /** Writes a line to stderr: what happens meanwhile. */
  note(line: string): void;
  /** Shows the progress of long work on stderr: a bar on a terminal, a line every few seconds elsewhere. */
  startProgress(options: ProgressOptions): ProgressReporter;
  /**
   * From now on Ctrl-C asks the command to stop by this signal instead of ending it at once; a second Ctrl-C still
   * ends it. Commands ask for it only when they look at it often.
   */
  interruption(): AbortSignal;
  /** What the shell gets when the command ends without an error. */
  setExitStatus(status: number): void;
}
