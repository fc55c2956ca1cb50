import { existsSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { InputError } from '@understudy/errors';
import { createDirectory, writeFileAtomically } from '@understudy/training';

/** What a quickstart does; the same settings give the same results. */
export interface QuickstartSettings {
  /** `HalfCheetah-v5` */
  environment: string;
  seed: number;
  /** Environment steps that the expert trains. */
  steps: number;
  /** Episodes that the expert demonstrates. */
  demonstrations: number;
  /** Passes of the clone over the demonstrations, at most. */
  epochs: number;
  /** Episodes that each policy is evaluated on. */
  episodes: number;
}

/** Stages in their order; each needs what the ones before it made. */
export const stageNames = ['expert', 'demonstrations', 'clone', 'evaluation'] as const;
export type StageName = (typeof stageNames)[number];

/** What the journal keeps of a finished stage. */
export interface StageRecord {
  /** Wall-clock seconds, those of interrupted attempts included. */
  seconds: number;
  result: unknown;
}

interface JournalContent {
  format: 1;
  settings: QuickstartSettings;
  stages: Partial<Record<StageName, StageRecord>>;
  /** Seconds spent on stages that were interrupted and are not finished yet. */
  spent: Partial<Record<StageName, number>>;
}

const journalName = 'quickstart.json';
/** Everything that a quickstart leaves in its directory. */
const ownEntries = ['expert', 'clone', 'demos.hdf5', 'summary.json', 'report.html', 'report-figures', journalName];

/**
 * Which stages of a quickstart are finished, kept in `quickstart.json` of its directory, so that a second call goes on
 * where the first was interrupted.
 */
export class Journal {
  readonly directory: string;
  readonly #content: JournalContent;

  private constructor(directory: string, content: JournalContent) {
    this.directory = directory;
    this.#content = content;
  }

  /**
   * Opens the journal of a directory, or begins one in an empty or new directory.
   *
   * @throws InputError when the directory holds other files, or a quickstart of other settings.
   */
  static open(directory: string, settings: QuickstartSettings, options: { fresh?: boolean } = {}): Journal {
    const path = join(directory, journalName);
    const begun = existsSync(path);
    if (!begun) refuseForeignFiles(directory);
    if (begun && !options.fresh) {
      const content = parseJournal(path);
      refuseOtherSettings(directory, content.settings, settings);
      return new Journal(directory, content);
    }
    if (begun) for (const entry of ownEntries) rmSync(join(directory, entry), { recursive: true, force: true });
    createDirectory(directory);
    const journal = new Journal(directory, { format: 1, settings, stages: {}, spent: {} });
    journal.#write();
    return journal;
  }

  /** The record of a finished stage; undefined when it has yet to run. */
  finished(stage: StageName): StageRecord | undefined {
    return this.#content.stages[stage];
  }

  /** What a finished stage gave. */
  result<Result>(stage: StageName): Result {
    const record = this.#content.stages[stage];
    if (!record) throw new Error(`the stage ${stage} is not finished`);
    return record.result as Result;
  }

  /** Notes a stage as finished; later ones have to run again, as they were made from something else. */
  finish(stage: StageName, seconds: number, result: unknown): void {
    const record = { seconds: seconds + (this.#content.spent[stage] ?? 0), result };
    delete this.#content.spent[stage];
    for (const later of stageNames.slice(stageNames.indexOf(stage))) delete this.#content.stages[later];
    this.#content.stages[stage] = record;
    this.#write();
  }

  /** Notes the time that an interrupted stage took so far. */
  interrupt(stage: StageName, seconds: number): void {
    this.#content.spent[stage] = (this.#content.spent[stage] ?? 0) + seconds;
    this.#write();
  }

  /** Seconds of all finished stages. */
  get seconds(): number {
    return stageNames.reduce((sum, stage) => sum + (this.#content.stages[stage]?.seconds ?? 0), 0);
  }

  #write(): void {
    writeFileAtomically(join(this.directory, journalName), `${JSON.stringify(this.#content, null, 2)}\n`);
  }
}

function parseJournal(path: string): JournalContent {
  try {
    const content = JSON.parse(readFileSync(path, 'utf8')) as JournalContent;
    if (content.format === 1 && content.settings && content.stages && content.spent) return content;
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
  }
  throw new InputError(`${path} is damaged or of another version: start over with --fresh or choose another --out.`);
}

function refuseForeignFiles(directory: string): void {
  if (!existsSync(directory) || readdirSync(directory).length === 0) return;
  throw new InputError(
    `${directory} holds files that no quickstart made: choose an empty or new directory with --out.`,
  );
}

function refuseOtherSettings(directory: string, begun: QuickstartSettings, wanted: QuickstartSettings): void {
  const differing = (Object.keys(wanted) as (keyof QuickstartSettings)[]).filter((key) => begun[key] !== wanted[key]);
  if (differing.length === 0) return;
  const differences = differing.map((key) => `${key} ${begun[key]} instead of ${wanted[key]}`).join(', ');
  throw new InputError(
    `${directory} holds a quickstart with ${differences}: repeat it with those, start over with --fresh, or choose another --out.`,
  );
}
