import type { CommandContext } from './context.ts';
import { exitStatus } from './error-policy.ts';
import type { ProgressReporter } from './progress.ts';
import { startProgress } from './progress.ts';

/** The context of a real process, and what only its owner may do with it. */
export interface ProcessContext extends CommandContext {
  readonly exitStatus: number;
  /** Whether Ctrl-C asked the command to stop. */
  readonly interrupted: boolean;
  /** Ends a bar that is still shown and gives Ctrl-C back its usual meaning. */
  close(): void;
}

/** One Ctrl-C under `npm start` arrives twice, from the terminal and from npm; what comes this soon is the same one. */
const repeatedSignalMs = 1000;

/** Binds a command to a process: its streams, its signals, its exit status. */
export function createContext(owner: NodeJS.Process): ProcessContext {
  const { stdout, stderr } = owner;
  const abort = new AbortController();
  let status: number = exitStatus.success;
  let listening = false;
  let progress: ProgressReporter | undefined;

  // A reader that went away (`understudy ... | head`) wants no more output and no complaint either.
  const onStreamError = (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') throw error;
    owner.exit(exitStatus.success);
  };
  stdout.on('error', onStreamError);
  stderr.on('error', onStreamError);

  const endProgress = () => {
    progress?.stop();
    progress = undefined;
  };
  let askedAt = 0;
  const onSignal = () => {
    endProgress();
    if (abort.signal.aborted) {
      if (performance.now() - askedAt > repeatedSignalMs) owner.exit(exitStatus.interrupted);
      return;
    }
    askedAt = performance.now();
    stderr.write('Stopping here and saving what there is; Ctrl-C again stops at once.\n');
    abort.abort();
  };

  return {
    print: (line) => void stdout.write(`${line}\n`),
    note: (line) => {
      endProgress();
      stderr.write(`${line}\n`);
    },
    startProgress(options) {
      endProgress();
      const started = startProgress(options, { stream: stderr });
      progress = started;
      return {
        // After Ctrl-C the bar has ended; the last iterations must not draw it anew.
        update: (done, figures) => progress === started && started.update(done, figures),
        stop: () => progress === started && endProgress(),
      };
    },
    interruption() {
      if (!listening) for (const signal of ['SIGINT', 'SIGTERM'] as const) owner.on(signal, onSignal);
      listening = true;
      return abort.signal;
    },
    setExitStatus: (value) => {
      status = value;
    },
    get exitStatus() {
      return status;
    },
    get interrupted() {
      return abort.signal.aborted;
    },
    close() {
      endProgress();
      for (const signal of ['SIGINT', 'SIGTERM'] as const) owner.off(signal, onSignal);
    },
  };
}
