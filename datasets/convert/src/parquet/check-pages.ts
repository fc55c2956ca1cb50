import { InputError } from '@understudy/errors';
import type { FileMetaData, RowGroup } from 'hyparquet';
import { parquetHeader } from 'hyparquet/src/column.js';
import type { InputFile } from '../input-file.ts';
import { codecs } from './codecs.ts';

const MAX_PAGE_BYTES = 2 ** 28;
const MAX_LIST_VALUES = 2 ** 26;

/**
 * Looks at every page's header before the library does, which takes memory for what it claims: pages must lie in their
 * column, and have no more values than the group has rows (in lists: than a bound).
 */
export function checkPages(file: InputFile, { schema }: FileMetaData, group: RowGroup): void {
  const rows = Number(group.num_rows);
  for (const { meta_data: column } of group.columns) {
    if (column === undefined) throw file.damaged('a column is not described');
    const name = column.path_in_schema.join('.');
    const { codec } = column;
    if (codec !== 'UNCOMPRESSED' && !Object.hasOwn(codecs.unpack, codec)) {
      const newer = codec === 'ZSTD' ? ', which needs Node 22.15 or newer' : '';
      throw new InputError(
        `${file.path} is packed by ${codec}${newer}, so write it with compression="gzip" or "snappy".`,
      );
    }
    const start = Number(column.dictionary_page_offset || column.data_page_offset);
    const bytes = Number(column.total_compressed_size);
    if (!Number.isSafeInteger(start) || !Number.isSafeInteger(bytes) || bytes > file.size) {
      throw file.damaged(`"${name}" claims ${bytes} bytes`);
    }
    const flat = column.path_in_schema.length === 1 && schema.some((element) => element.name === name);
    const most = flat ? rows : Math.max(MAX_LIST_VALUES, file.size);
    if (!(Number(column.num_values) <= most)) throw file.damaged(`"${name}" claims ${column.num_values} values`);
    const chunk = file.read(start, bytes);
    const reader = { view: new DataView(chunk.buffer), offset: 0 };
    let values = 0;
    while (reader.offset < bytes) {
      const before = reader.offset;
      let header: ReturnType<typeof parquetHeader>;
      try {
        header = parquetHeader(reader);
      } catch {
        throw file.damaged(`a page of "${name}" has no header`);
      }
      const data = header.data_page_header ?? header.data_page_header_v2;
      const count = data?.num_values ?? header.dictionary_page_header?.num_values ?? 0;
      if (data !== undefined) values += count;
      const sizes = [count, header.compressed_page_size, header.uncompressed_page_size];
      if (
        sizes.some((size) => !Number.isSafeInteger(size) || size < 0) ||
        header.uncompressed_page_size > MAX_PAGE_BYTES
      ) {
        throw file.damaged(`a page of "${name}" claims ${header.uncompressed_page_size} bytes`);
      }
      if (count > most || values > most) throw file.damaged(`a page of "${name}" claims ${count} values`);
      reader.offset += header.compressed_page_size;
      if (reader.offset > bytes || reader.offset <= before) throw file.damaged(`a page of "${name}" is cut off`);
    }
  }
}
