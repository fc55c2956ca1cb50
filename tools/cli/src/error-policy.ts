import { isInputError } from '@understudy/errors';
import { CommanderError } from 'commander';

/** Exit statuses of the command. */
export const exitStatus = { success: 0, bug: 1, beyondTolerance: 1, wrongInput: 2, interrupted: 130 } as const;

/** A command stopped at the user's Ctrl-C and left everything whole; the message tells how to go on. */
export class Interrupted extends Error {
  override readonly name = 'Interrupted';
}

/** What servers refuse or don't answer, by the names of errors of `@understudy/rollout`, which is loaded on demand. */
const serverErrors: ReadonlySet<string> = new Set(['ProtocolError', 'TimeoutError']);

/** What an ended command tells on stderr and to the shell. */
export interface Failure {
  status: number;
  /** Empty when there is nothing left to say. */
  message: string;
}

/**
 * Tells wrong input from bugs: wrong input, and what the file system or a server refuses, is one sentence and status 2; an
 * interruption is its message and 130; anything else is a bug and shows its stack with status 1.
 */
export function describeFailure(error: unknown): Failure {
  if (isInputError(error)) return { status: exitStatus.wrongInput, message: error.message };
  if (error instanceof Interrupted) return { status: exitStatus.interrupted, message: error.message };
  if (error instanceof CommanderError) return describeCommanderError(error);
  if (error instanceof Error && serverErrors.has(error.name)) {
    return { status: exitStatus.wrongInput, message: error.message };
  }
  const refused = describeRefusal(error);
  if (refused) return { status: exitStatus.wrongInput, message: refused };
  return { status: exitStatus.bug, message: error instanceof Error ? (error.stack ?? error.message) : String(error) };
}

/** Commander's complaint as one sentence: "Unknown option '--sede' (did you mean --seed?): see ... --help." */
function describeCommanderError(error: CommanderError): Failure {
  if (error.exitCode === 0) return { status: exitStatus.success, message: '' };
  if (error.code === 'commander.help') {
    return { status: exitStatus.wrongInput, message: 'A command is missing; --help lists what there is.' };
  }
  const [complaint, suggestion = ''] = error.message.replace(/^error: /, '').split('\n');
  const sentence = complaint.charAt(0).toUpperCase() + complaint.slice(1).replace(/\.$/, '');
  const meant = suggestion.replace(/^\(D/, '(d');
  return { status: exitStatus.wrongInput, message: `${sentence}${meant && ` ${meant}`}; --help lists what there is.` };
}

/** What the file system says in codes, in words. `$` stands for the path. */
const refusals: Record<string, string> = {
  ENOSPC: 'There is no space left on the disk for $: free some and run the command again.',
  EDQUOT: 'The disk quota is used up, $ was not written: free some space and run the command again.',
  EACCES: 'Permission to $ is denied: choose another place or change its permissions.',
  EPERM: 'The system does not allow $: choose another place.',
  EROFS: '$ lies on a read-only file system: choose another place.',
  ENOTDIR: 'A part of $ is a file, not a directory: choose another place.',
  EEXIST: '$ exists already and is not a directory: choose another place.',
  EISDIR: '$ is a directory, but a file was expected: name a file.',
  ENOENT: 'There is nothing at $ and nothing can be made there: check the path.',
  ENAMETOOLONG: 'The name $ is too long for the file system: choose a shorter one.',
  ELOOP: '$ is a link that leads back to itself: choose another place.',
  EMFILE: 'Too many files are open to open $: raise the limit (ulimit -n) or close some.',
};

/** One sentence for an error of Node's file system functions; undefined for anything else. */
function describeRefusal(error: unknown): string | undefined {
  if (!(error instanceof Error)) return undefined;
  const { code, path, dest, syscall } = error as NodeJS.ErrnoException & { dest?: string };
  if (!code || !syscall || !(code in refusals)) return undefined;
  return refusals[code].replace('$', () => dest ?? path ?? 'the file');
}
