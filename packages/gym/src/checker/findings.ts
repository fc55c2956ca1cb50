/** Failures of a check, one sentence each. */
export class Findings {
  readonly sentences: string[] = [];

  /** Notes the sentence unless the condition holds. */
  expect(condition: boolean, sentence: string): void {
    if (!condition && !this.sentences.includes(sentence)) this.sentences.push(sentence);
  }

  /** Notes the sentence when the call throws nothing. */
  expectThrow(call: () => unknown, sentence: string): void {
    try {
      call();
    } catch {
      return;
    }
    this.expect(false, sentence);
  }

  /** Runs a group of checks; what it throws is a failure too. */
  attempt(group: string, checks: () => void): void {
    try {
      checks();
    } catch (error) {
      const message = error instanceof Error ? error.message : String(error);
      this.expect(false, `Checking ${group} ended in an error: ${message}`);
    }
  }
}

/** Whether two values are alike in kind and content: numbers, arrays, typed arrays, plain objects; NaN equals NaN. */
export function sameData(a: unknown, b: unknown): boolean {
  if (Object.is(a, b) || a === b) return true;
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return false;
  if (Object.getPrototypeOf(a) !== Object.getPrototypeOf(b)) return false;
  const [keysOfA, keysOfB] = [Object.keys(a), Object.keys(b)];
  return (
    keysOfA.length === keysOfB.length &&
    keysOfA.every((key) => sameData((a as Record<string, unknown>)[key], (b as Record<string, unknown>)[key]))
  );
}
