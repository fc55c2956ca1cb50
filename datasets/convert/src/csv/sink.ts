import type { NumberArray } from '@understudy/d4rl/hdf5';
import { InputError } from '@understudy/errors';
import { ambiguousNames, flatNames } from '../column-names.ts';
import { type Block, type Column, type Header, type Sink, widthOf } from '../table.ts';
import { TextFile } from '../text-lines.ts';
import { FLAGS } from './source.ts';

/** Text is handed to the file in pieces of about so many characters. */
const PIECE = 2 ** 20;

/** What a CSV file does not say of a dataset. */
export function csvLosses(header: Header): string[] {
  const { columns, metadata, episodes } = header;
  const typed = columns.filter(({ name, type }) => type !== (FLAGS.includes(name) ? 'bool' : 'float64'));
  const shaped = columns.filter(({ shape }) => shape.length > 1);
  const losses: string[] = [];
  const list = (found: readonly Column[]) => found.map(({ name, type }) => `${name} (${type})`).join(', ');
  if (typed.length > 0) losses.push(`the element types of ${list(typed)}, which are read back as float64`);
  if (shaped.length > 0)
    losses.push(`the shapes of ${shaped.map(({ name }) => name).join(', ')}, which become vectors`);
  const names = Object.keys(metadata);
  if (names.length > 0) losses.push(`the metadata ${names.join(', ')}`);
  if (episodes !== undefined) losses.push('the seeds, options and ends of the episodes');
  return losses;
}

/** Writes a line of names and a line a row; numbers with the fewest digits that give them back. */
export function openCsvSink(path: string, header: Header): Sink {
  const ambiguous = ambiguousNames(header);
  if (ambiguous.length > 0) {
    throw new InputError(
      `The names of ${ambiguous.join(', ')} and other columns run together in CSV, so choose another format.`,
    );
  }
  const file = new TextFile(path);
  const { columns } = header;
  file.write(`${columns.flatMap((column) => flatNames(column).map(quote)).join(',')}\n`);
  const widths = columns.map((column) => widthOf(column));
  const format = columns.map(({ type }) => (type === 'bool' ? formatFlag : formatNumber));
  return {
    write: ({ rows, data }: Block) => {
      let text = '';
      for (let row = 0; row < rows; row++) {
        // The separator comes first: cutting it off at the end would copy all text so far, row after row.
        let separator = '';
        for (let c = 0; c < data.length; c++) {
          const width = widths[c];
          for (let i = row * width; i < (row + 1) * width; i++) {
            text += separator + format[c](data[c][i]);
            separator = ',';
          }
        }
        text += '\n';
        if (text.length > PIECE) {
          file.write(text);
          text = '';
        }
      }
      file.write(text);
    },
    finish: () => {
      file.commit();
      return [];
    },
    discard: () => file.discard(),
  };
}

function formatNumber(value: NumberArray[number]): string {
  if (value === 0) return Object.is(value, -0) ? '-0' : '0';
  if (value === Number.POSITIVE_INFINITY) return 'inf';
  if (value === Number.NEGATIVE_INFINITY) return '-inf';
  return String(value);
}

function formatFlag(value: NumberArray[number]): string {
  return Number(value) === 0 ? 'False' : 'True';
}

function quote(name: string): string {
  return /[",\r\n]/.test(name) ? `"${name.replaceAll('"', '""')}"` : name;
}
