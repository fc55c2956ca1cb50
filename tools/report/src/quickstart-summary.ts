import { InputError } from '@understudy/errors';
import type { DemonstrationsRecord, EvaluationRecord } from './input.ts';

/** What a quickstart's `summary.json` says that a report shows. */
export interface QuickstartSummary {
  environment: string;
  evaluation: EvaluationRecord[];
  cloneToExpert?: number;
  demonstrations?: DemonstrationsRecord;
  seconds?: number;
  peakMemoryBytes?: number;
  seeds?: Record<string, unknown>;
  versions?: Record<string, string>;
  command?: string;
}

/**
 * Parses a quickstart's `summary.json`. Unknown members are ignored.
 *
 * @param path - Where the text came from, for messages.
 * @throws InputError when it is not JSON or a member is of another type.
 */
export function readQuickstartSummary(path: string, text: string): QuickstartSummary {
  const summary = new Members(path, '', parse(path, text));
  const evaluation: EvaluationRecord[] = [];
  for (const name of ['random', 'expert', 'clone']) {
    const members = summary.members(name);
    if (members) evaluation.push(readEvaluation(name, members));
  }
  const demonstrations = summary.members('demonstrations');
  return {
    environment: summary.required('environment', summary.text('environment')),
    evaluation,
    cloneToExpert: summary.number('cloneToExpert'),
    demonstrations: demonstrations && readDemonstrations(demonstrations),
    seconds: summary.number('seconds'),
    peakMemoryBytes: summary.number('peakMemoryBytes'),
    seeds: summary.members('seeds')?.all,
    versions: summary.members('versions')?.texts(),
    command: summary.text('command'),
  };
}

function readEvaluation(name: string, members: Members): EvaluationRecord {
  return {
    name,
    mean: members.number('mean'),
    std: members.number('std'),
    episodes: members.number('episodes'),
    returns: members.numbers('returns'),
    lengths: members.numbers('lengths'),
  };
}

function readDemonstrations(members: Members): DemonstrationsRecord {
  return {
    file: members.required('file', members.text('file')),
    episodes: members.required('episodes', members.number('episodes')),
    transitions: members.required('transitions', members.number('transitions')),
    meanReturn: members.number('meanReturn'),
    minReturn: members.number('minReturn'),
    maxReturn: members.number('maxReturn'),
  };
}

function parse(path: string, text: string): Record<string, unknown> {
  try {
    const json: unknown = JSON.parse(text);
    if (isObject(json)) return json;
  } catch {
    // Told below, with the file's name.
  }
  throw new InputError(`${path} is not a JSON object; the file was damaged or is none of ours.`);
}

/** Checked access to the members of one JSON object; null counts as absent. */
class Members {
  readonly all: Record<string, unknown>;
  readonly #path: string;
  readonly #prefix: string;

  constructor(path: string, prefix: string, all: Record<string, unknown>) {
    this.#path = path;
    this.#prefix = prefix;
    this.all = all;
  }

  number(name: string): number | undefined {
    return this.#take(name, 'a finite number', (value) => typeof value === 'number' && Number.isFinite(value));
  }

  text(name: string): string | undefined {
    return this.#take(name, 'text', (value) => typeof value === 'string');
  }

  numbers(name: string): number[] | undefined {
    return this.#take(name, 'a list of numbers', (value) => Array.isArray(value) && value.every(Number.isFinite));
  }

  members(name: string): Members | undefined {
    const value = this.#take<Record<string, unknown>>(name, 'an object', isObject);
    return value && new Members(this.#path, `${this.#prefix}${name}.`, value);
  }

  /** All members, each of which has to be text. */
  texts(): Record<string, string> {
    return Object.fromEntries(Object.keys(this.all).map((name) => [name, this.required(name, this.text(name))]));
  }

  required<T>(name: string, value: T | undefined): T {
    if (value !== undefined) return value;
    throw new InputError(`${this.#path} lacks ${this.#prefix}${name}; the file was damaged or is none of ours.`);
  }

  #take<T>(name: string, expected: string, fits: (value: unknown) => boolean): T | undefined {
    const value = Object.hasOwn(this.all, name) ? this.all[name] : undefined;
    if (value === undefined || value === null) return undefined;
    if (fits(value)) return value as T;
    throw new InputError(
      `${this.#path}: ${this.#prefix}${name} has to be ${expected}; the file was damaged or is none of ours.`,
    );
  }
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
