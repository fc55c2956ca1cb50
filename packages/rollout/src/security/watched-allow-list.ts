import { statSync } from 'node:fs';
import { readAllowList } from './key-directory.ts';
import type { PublicKey } from './key-file.ts';

/** A change within so many milliseconds after the last one may leave the directory's time as it is. */
const RACY_MILLISECONDS = 2_000;
/** Even an unchanged directory is read again after so long: a file may have been edited in place. */
const MAX_AGE_MILLISECONDS = 5_000;

/** An allow-list that follows its directory. */
export class WatchedAllowList {
  readonly #directory: string;
  readonly #tell: (problem: string) => void;
  readonly #onRevoked?: (keys: readonly PublicKey[]) => void;
  readonly #timer: NodeJS.Timeout;
  #keys = new Map<string, PublicKey>();
  #changed = -1n;
  #readAt = Number.NEGATIVE_INFINITY;

  constructor(
    directory: string,
    tell: (problem: string) => void,
    onRevoked: ((keys: readonly PublicKey[]) => void) | undefined,
    pollMilliseconds: number,
  ) {
    this.#directory = directory;
    this.#tell = tell;
    this.#onRevoked = onRevoked;
    this.#refresh();
    this.#timer = setInterval(() => this.#refresh(), pollMilliseconds);
    this.#timer.unref();
  }

  /** The key's entry as the directory has it now. */
  find(publicKey: string): PublicKey | undefined {
    this.#refresh();
    return this.#keys.get(publicKey);
  }

  close(): void {
    clearInterval(this.#timer);
  }

  #refresh(): void {
    let changed: bigint;
    try {
      changed = statSync(this.#directory, { bigint: true }).ctimeNs;
    } catch {
      changed = 0n;
    }
    const age = performance.now() - this.#readAt;
    const settled = Date.now() - Number(changed / 1_000_000n) > RACY_MILLISECONDS;
    if (changed === this.#changed && settled && age < MAX_AGE_MILLISECONDS) return;
    this.#changed = changed;
    this.#readAt = performance.now();
    this.#read();
  }

  /** What can't be read allows nobody. */
  #read(): void {
    let keys: readonly PublicKey[] = [];
    try {
      const list = readAllowList(this.#directory);
      keys = list.keys;
      for (const problem of list.problems) this.#tell(problem.replace(/\.$/, ''));
    } catch (error) {
      this.#tell(`the allow-list ${this.#directory} can't be read: ${(error as Error).message}`);
    }
    const before = this.#keys;
    this.#keys = new Map(keys.map((key) => [key.publicKey, key]));
    const revoked = [...before.values()].filter(({ publicKey }) => !this.#keys.has(publicKey));
    if (revoked.length > 0) this.#onRevoked?.(revoked);
  }
}
