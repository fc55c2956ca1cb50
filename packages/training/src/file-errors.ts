import { InputError } from '@understudy/errors';

/** What a file system says when the caller's disk or path is at fault, and what to do about it. */
const reasons: Readonly<Record<string, string>> = {
  ENOSPC: 'no space is left on the device; free some and start it again',
  EFBIG: 'a file may not grow so large there; choose another place, or raise the limit (ulimit -f)',
  EDQUOT: 'the disk quota is used up; free some space and start it again',
  EACCES: 'permission is denied; choose a place you may write and read',
  EPERM: 'the operation is not permitted; choose a place you may write and read',
  EROFS: 'the file system is read-only; choose a place you may write',
  ENOTDIR: 'a part of the path is a file; choose a path of directories',
  EEXIST: 'a file is in the way; choose another path',
  EISDIR: 'a directory is in the way; choose another path',
  ENOENT: 'it does not exist; check the path',
  ENAMETOOLONG: 'the path is too long; choose a shorter one',
};

/** Writing meets ENOENT where the directory is missing, or is one that the system alone fills. */
const nowhereToWrite = 'nothing can be created there; check the path';

/** Runs file operations and turns the caller's faults among their errors into an {@link InputError} about `path`. */
export function explainingFileErrors<T>(action: 'write' | 'read', path: string, operation: () => T): T {
  try {
    return operation();
  } catch (error) {
    const { code = '' } = error as NodeJS.ErrnoException;
    const reason = action === 'write' && code === 'ENOENT' ? nowhereToWrite : reasons[code];
    if (reason === undefined) throw error;
    throw new InputError(`Could not ${action} ${path}: ${reason}.`, { cause: error });
  }
}
