import { checkMetadata, type GrowingDataset, Hdf5Writer, writeMetadata } from '@understudy/d4rl/hdf5';
import { InputError } from '@understudy/errors';
import { DESCRIPTOR_KEY, formatDescriptor } from '../descriptor.ts';
import { type Block, bytesOf, type Header, type Sink } from '../table.ts';

const REQUIRED = ['observations', 'actions', 'rewards', 'terminals'];
const COLUMNS = [...REQUIRED, 'timeouts', 'next_observations'];

/** What a D4RL file cannot hold of a dataset. */
export function d4rlLosses({ columns }: Header): string[] {
  const others = columns.filter(({ name }) => !COLUMNS.includes(name) && !name.startsWith('infos/'));
  return others.map(({ name }) => `the column "${name}", which is none of D4RL's`);
}

/** @throws InputError when a column that every D4RL file has is missing or the path cannot be written. */
export function openD4rlSink(path: string, header: Header): Sink {
  const missing = REQUIRED.filter((name) => !header.columns.some((column) => column.name === name));
  if (missing.length > 0) {
    throw new InputError(
      `D4RL files have ${REQUIRED.join(', ')}, but there is no ${missing.map((name) => `"${name}"`).join(', ')} ` +
        'to write, so choose another format.',
    );
  }
  if (header.rows === 0) throw new InputError(`There is nothing to write to ${path}, so convert a dataset with rows.`);
  checkMetadata(header.metadata, 'metadata');
  const writer = new Hdf5Writer(path, 4);
  const columns = header.columns.map(({ name, type, shape }) => {
    const held = COLUMNS.includes(name) || name.startsWith('infos/');
    return held ? writer.createRows(name, type, shape) : undefined;
  });
  return {
    write: ({ data }: Block) => {
      columns.forEach((column: GrowingDataset | undefined, i) => {
        column?.append(bytesOf(data[i]));
      });
    },
    finish: () => {
      const { metadata, episodes } = header;
      if (Object.keys(metadata).length > 0) writeMetadata(writer, 'metadata', metadata);
      // What D4RL has no place for: seeds and options of episodes, and ends that the flags do not show.
      if (episodes !== undefined) {
        const note = formatDescriptor({ ...header, metadata: {} });
        writer.writeString(`metadata/${DESCRIPTOR_KEY}`, note);
      }
      writer.close();
      return [];
    },
    discard: () => writer.discard(),
  };
}
