import { SingleBar } from 'cli-progress';
import { formatCount, formatDuration, formatFigure } from './format.ts';

/** What the progress of one piece of work is called and measured in. */
export interface ProgressOptions {
  /** In front of the bar: `expert`. */
  label: string;
  /** Units of the whole work. */
  total: number;
  /** `steps`, `episodes`, `epochs`. */
  unit: string;
  /** Units already done when it starts, on a resumed run. */
  done?: number;
}

/** Follows one piece of work. */
export interface ProgressReporter {
  /**
   * @param done - Units done so far, those before a resume included.
   * @param figures - What to show beside it, as `{ return: 812.3 }`; entries that are undefined or NaN are left out.
   */
  update(done: number, figures?: Record<string, number | undefined>): void;
  /** Ends the bar where it stands, whether or not the work is complete. */
  stop(): void;
}

/** Where progress is written, and by which clock; tests give their own. */
export interface ProgressOutput {
  stream: NodeJS.WritableStream & { isTTY?: boolean };
  /** Milliseconds, from anywhere. */
  now?: () => number;
  /** Milliseconds between two lines where the stream is no terminal. */
  lineInterval?: number;
}

/** A bar on a terminal; a plain line every few seconds elsewhere, so that a log stays readable. */
export function startProgress(options: ProgressOptions, output: ProgressOutput): ProgressReporter {
  return output.stream.isTTY ? startBar(options, output) : startLines(options, output);
}

function startBar(options: ProgressOptions, output: ProgressOutput): ProgressReporter {
  const describe = createDescriber(options, output);
  const bar = new SingleBar({
    stream: output.stream,
    format: `${options.label.padEnd(8)} {bar} {text}`,
    barsize: 24,
    barCompleteChar: '█',
    barIncompleteChar: '░',
    hideCursor: true,
    // The command's own policy decides what Ctrl-C does.
    gracefulExit: false,
  });
  bar.start(options.total, options.done ?? 0, { text: describe(options.done ?? 0) });
  return {
    update: (done, figures) => bar.update(Math.min(done, options.total), { text: describe(done, figures) }),
    stop: () => bar.stop(),
  };
}

function startLines(options: ProgressOptions, output: ProgressOutput): ProgressReporter {
  const { now = () => performance.now(), lineInterval = 5000 } = output;
  const describe = createDescriber(options, output);
  // The first line comes soon, to tell that something happens.
  let written = now() - lineInterval + Math.min(1000, lineInterval);
  let unwritten: string | undefined;
  const write = (text: string) => {
    output.stream.write(`${options.label.padEnd(8)} ${text}\n`);
    written = now();
    unwritten = undefined;
  };
  return {
    update(done, figures) {
      unwritten = describe(done, figures);
      if (now() - written >= lineInterval) write(unwritten);
    },
    stop() {
      if (unwritten !== undefined) write(unwritten);
    },
  };
}

/** Builds the text beside a bar: share, units, rate, figures, time left. */
function createDescriber(options: ProgressOptions, { now = () => performance.now() }: ProgressOutput) {
  const { total, unit, done: before = 0 } = options;
  const started = now();
  return (reached: number, figures: Record<string, number | undefined> = {}): string => {
    // Trainings end with a whole rollout, which may lie beyond what was asked for.
    const done = Math.min(reached, total);
    const seconds = (now() - started) / 1000;
    const rate = seconds > 0 ? (done - before) / seconds : 0;
    const parts = [`${Math.floor((100 * done) / total)}%`, `${formatCount(done)}/${formatCount(total)} ${unit}`];
    if (rate > 0) parts.push(`${formatFigure(rate)} ${unit}/s`);
    for (const [name, value] of Object.entries(figures)) {
      if (value !== undefined && !Number.isNaN(value)) parts.push(`${name} ${formatFigure(value)}`);
    }
    if (rate > 0) {
      parts.push(done < total ? `${formatDuration((total - done) / rate)} left` : `took ${formatDuration(seconds)}`);
    }
    return parts.join(' | ');
  };
}
