import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { InputError } from '@understudy/errors';
import { Instance, Memory, Module } from './web-assembly.ts';

/** What dist/solver.wasm exports, see assembly/index.ts. */
export interface SolverExports {
  configure(scoreBits: number, outcomeBits: number, bookBits: number, outcomeBytes: number): number;
  useOutcomes(address: number, stones: number, seed: number, segmentBits: number, segments: number): void;
  outcomeCell(key: number, which: number): number;
  clearTables(): void;
  solve: Question;
  solveColumns: Question;
  solveOutcome: Question;
  solveOutcomeColumns: Question;
  bookKey: Question;
  isMirrored: Question;
  addToBook(key: number, stones: number, score: number, columns: number): void;
  nodeCount(): number;
}

/** A question about a position: the stones of who moves, and all stones, each in two numbers as in {@link Board}. */
export type Question = (ownLow: number, ownHigh: number, occupiedLow: number, occupiedHigh: number) => number;

let compiled: object | undefined;

/** A solver of its own, before it has a table. @throws InputError when the compiled solver is not there. */
export function startSolver(): { exports: SolverExports; memory: { readonly buffer: ArrayBuffer } } {
  const memory = new Memory({ initial: 1, maximum: 65535 });
  const { exports } = new Instance(compiledSolver(), { env: { memory } });
  return { exports: exports as unknown as SolverExports, memory };
}

/** Read and compiled once a process. dist/ lies beside src/, so one address serves both. */
function compiledSolver(): object {
  if (compiled !== undefined) return compiled;
  const file = new URL('../dist/solver.wasm', import.meta.url);
  let bytes: Uint8Array<ArrayBuffer>;
  try {
    bytes = new Uint8Array(readFileSync(file));
  } catch (cause) {
    throw new InputError(`The compiled solver ${fileURLToPath(file)} cannot be read: run \`npm run build\` first.`, {
      cause,
    });
  }
  compiled = new Module(bytes);
  return compiled;
}
