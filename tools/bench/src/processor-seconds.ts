import { readFileSync } from 'node:fs';

/** Clock ticks in a second, as Linux shows them to programs. */
const ticksPerSecond = 100;

/**
 * Processor time of this process and those that it has started and that still run: what a busy machine disturbs least.
 *
 * @returns Seconds, in steps of 0.01 for the others; NaN where the system doesn't tell (it does on Linux).
 */
export function processorSeconds(): number {
  const { user, system } = process.cpuUsage();
  try {
    const children = readFileSync(`/proc/${process.pid}/task/${process.pid}/children`, 'utf8').trim();
    const pids = children === '' ? [] : children.split(' ');
    return (user + system) / 1e6 + pids.reduce((sum, pid) => sum + secondsOf(pid), 0);
  } catch {
    return Number.NaN;
  }
}

function secondsOf(pid: string): number {
  const text = readFileSync(`/proc/${pid}/stat`, 'utf8');
  // The name, in parentheses, may hold anything; fields 14 and 15 of all are user and system time.
  const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
  return (Number(fields[11]) + Number(fields[12])) / ticksPerSecond;
}
