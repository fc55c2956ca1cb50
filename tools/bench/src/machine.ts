import { availableParallelism, cpus, totalmem } from 'node:os';

/** The machine a figure was measured on, in one line. */
export function describeMachine(): string {
  const memory = Math.round(totalmem() / 2 ** 30);
  return `${cpus()[0]?.model.trim() ?? process.arch}, ${availableParallelism()} cores, ${memory} GiB, Node ${process.versions.node}`;
}
