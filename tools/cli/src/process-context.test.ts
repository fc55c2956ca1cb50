import { EventEmitter } from 'node:events';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { createContext } from './process-context.ts';

/** A process that remembers what was done to it. */
function createOwner() {
  const written: string[] = [];
  const stream = () => Object.assign(new EventEmitter(), { write: (text: string) => written.push(text) });
  const owner = Object.assign(new EventEmitter(), { stdout: stream(), stderr: stream(), exit: vi.fn() });
  return { owner, written, context: createContext(owner as unknown as NodeJS.Process) };
}

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['performance'] });
});
afterEach(() => {
  vi.useRealTimers();
});

test('Ctrl-C is left alone until a command asks for it', () => {
  const { owner, context } = createOwner();
  expect(owner.listenerCount('SIGINT')).toBe(0);
  const signal = context.interruption();
  expect(context.interruption()).toBe(signal);
  expect(owner.listenerCount('SIGINT')).toBe(1);
  context.close();
  expect(owner.listenerCount('SIGINT')).toBe(0);
});

test('the first Ctrl-C aborts, a later one exits, and one that arrives twice is one', () => {
  const { owner, written, context } = createOwner();
  const signal = context.interruption();
  owner.emit('SIGINT');
  expect(signal.aborted).toBe(true);
  expect(written).toEqual(['Stopping here and saving what there is; Ctrl-C again stops at once.\n']);
  vi.advanceTimersByTime(500);
  owner.emit('SIGINT');
  expect(owner.exit).not.toHaveBeenCalled();
  vi.advanceTimersByTime(1000);
  owner.emit('SIGINT');
  expect(owner.exit).toHaveBeenCalledExactlyOnceWith(130);
  expect(written).toHaveLength(1);
});

test('progress after Ctrl-C draws nothing anew', () => {
  const { owner, written, context } = createOwner();
  const progress = context.startProgress({ label: 'expert', total: 10, unit: 'steps' });
  context.interruption();
  progress.update(5);
  owner.emit('SIGINT');
  const before = written.length;
  progress.update(6);
  progress.stop();
  expect(written).toHaveLength(before);
});

test('a reader that went away ends the process quietly; another fault is not hidden', () => {
  const { owner } = createOwner();
  owner.stdout.emit('error', Object.assign(new Error('write EPIPE'), { code: 'EPIPE' }));
  expect(owner.exit).toHaveBeenCalledExactlyOnceWith(0);
  expect(() => owner.stdout.emit('error', new Error('other'))).toThrow('other');
});
