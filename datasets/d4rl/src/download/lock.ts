import { closeSync, openSync, readFileSync, rmSync, writeSync } from 'node:fs';
import { InputError } from '@understudy/errors';

/**
 * Keeps other processes from fetching the same file while `work` runs. A lock left behind by a process that is gone does
 * not count.
 *
 * @throws InputError when another process holds it.
 */
export async function withLock<T>(destination: string, work: () => Promise<T>): Promise<T> {
  const path = `${destination}.lock`;
  take(path, destination);
  try {
    return await work();
  } finally {
    rmSync(path, { force: true });
  }
}

function take(path: string, destination: string): void {
  for (let attempt = 0; attempt < 2; attempt++) {
    try {
      const descriptor = openSync(path, 'wx');
      writeSync(descriptor, `${process.pid}\n`);
      closeSync(descriptor);
      return;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    }
    const holder = Number.parseInt(readFileSync(path, 'latin1'), 10);
    if (isAlive(holder) || attempt > 0) {
      throw new InputError(
        `${destination} is being fetched by process ${holder}, so wait for that, or remove ${path} if it is not.`,
      );
    }
    rmSync(path, { force: true });
  }
}

function isAlive(pid: number): boolean {
  if (!Number.isSafeInteger(pid) || pid <= 0) return false;
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}
