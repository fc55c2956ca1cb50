import { Writable } from 'node:stream';
import { expect, test } from 'vitest';
import { type ProgressOptions, startProgress } from './progress.ts';

/** A stream that remembers, and a clock that stands still until told. */
function start(options: ProgressOptions, isTTY = false) {
  const written: string[] = [];
  const stream = Object.assign(
    new Writable({
      write(chunk, _encoding, done) {
        written.push(String(chunk));
        done();
      },
    }),
    { isTTY, columns: 120 },
  );
  const clock = { ms: 1000 };
  const progress = startProgress(options, { stream, now: () => clock.ms, lineInterval: 5000 });
  return { progress, clock, written };
}

test('without a terminal a line comes every few seconds with rate, figures and time left', () => {
  const { progress, clock, written } = start({ label: 'expert', total: 100_000, unit: 'steps' });
  clock.ms += 999;
  progress.update(999);
  expect(written).toEqual([]);
  clock.ms += 1001;
  progress.update(10_000, { return: -120.25 });
  expect(written).toEqual(['expert   10% | 10,000/100,000 steps | 5,000 steps/s | return -120.3 | 0:18 left\n']);
  clock.ms += 4999;
  progress.update(20_000);
  expect(written).toHaveLength(1);
  clock.ms += 1;
  progress.update(35_000, { return: 812.31, loss: Number.NaN });
  expect(written[1]).toBe('expert   35% | 35,000/100,000 steps | 5,000 steps/s | return 812.3 | 0:13 left\n');
});

test('what is known at the end is written even when no interval has passed', () => {
  const { progress, clock, written } = start({ label: 'clone', total: 10, unit: 'epochs' });
  clock.ms += 500;
  progress.update(10, { loss: 0.01234 });
  progress.stop();
  expect(written).toEqual(['clone    100% | 10/10 epochs | 20 epochs/s | loss 0.0123 | took 0:01\n']);
  progress.stop();
  expect(written).toHaveLength(1);
});

test("a resumed run's rate counts only what this process did", () => {
  const { progress, clock, written } = start({ label: 'expert', total: 1000, unit: 'steps', done: 500 });
  clock.ms += 5000;
  progress.update(600);
  expect(written).toEqual(['expert   60% | 600/1,000 steps | 20 steps/s | 0:20 left\n']);
});

test('on a terminal a bar is drawn, and ended where it stands', () => {
  const { progress, clock, written } = start({ label: 'expert', total: 4, unit: 'steps' }, true);
  clock.ms += 1000;
  progress.update(2, { return: 3 });
  progress.stop();
  const drawn = written.join('');
  expect(drawn).toContain(`${'█'.repeat(12)}${'░'.repeat(12)}`);
  expect(drawn).toContain('50% | 2/4 steps | 2 steps/s | return 3 | 0:01 left');
  expect(drawn).toContain('\u001b[?25h');
});
