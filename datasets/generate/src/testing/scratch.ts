import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';

/** A directory that goes away with the test. */
export function scratchDirectory(): string {
  const directory = mkdtempSync(join(tmpdir(), 'understudy-generate-'));
  onTestFinished(() => rmSync(directory, { recursive: true, force: true }));
  return directory;
}

/** Goes on always. */
export const goOn = async () => true;
