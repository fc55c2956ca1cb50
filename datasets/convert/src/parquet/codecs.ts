import * as zlib from 'node:zlib';
import { InputError } from '@understudy/errors';
import { type Compressors, snappyUncompress } from 'hyparquet';

/** A page is about a megabyte; larger ones than this are a false claim. */
const MAX_PAGE_BYTES = 2 ** 28;

/** In Node from 22.15 on. */
const { zstdDecompressSync } = zlib as { zstdDecompressSync?: typeof zlib.brotliDecompressSync };

type Unpack = (input: Uint8Array, bytes: number) => Uint8Array;

/** How pages are packed and unpacked, none to more bytes than a page has. */
export const codecs: {
  readonly pack: Record<string, (input: Uint8Array) => Uint8Array>;
  readonly unpack: Compressors;
} = {
  pack: { GZIP: (input) => zlib.gzipSync(input, { level: 4 }) },
  unpack: {
    GZIP: bounded((input, bytes) => zlib.gunzipSync(input, { maxOutputLength: Math.max(1, bytes) })),
    BROTLI: bounded((input, bytes) => zlib.brotliDecompressSync(input, { maxOutputLength: Math.max(1, bytes) })),
    SNAPPY: bounded((input, bytes) => {
      const output = new Uint8Array(bytes);
      snappyUncompress(input, output);
      return output;
    }),
    ...(zstdDecompressSync && {
      ZSTD: bounded((input, bytes) => zstdDecompressSync(input, { maxOutputLength: Math.max(1, bytes) })),
    }),
  },
};

function bounded(unpack: Unpack): Unpack {
  return (input, bytes) => {
    if (!(bytes >= 0 && bytes <= MAX_PAGE_BYTES)) throw new InputError(`a page claims ${bytes} bytes`);
    return unpack(input, bytes);
  };
}
