import { metadataChecksum } from '../checksum.ts';
import { Hdf5Failure, UnsupportedHdf5 } from '../failure.ts';
import { ByteSource } from './byte-source.ts';

/** Where reading begins: HDF5 file format specification, section II.A. */
export interface Superblock {
  readonly source: ByteSource;
  /** Address of the root group's object header. */
  readonly root: number;
}

const SIGNATURE_BYTES = 8;

/**
 * @param descriptor - Of the open file.
 * @param size - Of the file.
 * @param base - Where its signature stands.
 */
export function readSuperblock(descriptor: number, size: number, base: number): Superblock {
  const source = new ByteSource(descriptor, size, base);
  const version = source.block(SIGNATURE_BYTES, 1).u8();
  if (version === 0 || version === 1) return readFirstForm(source, version, base);
  if (version === 2 || version === 3) return readSecondForm(source, base);
  throw new UnsupportedHdf5(`superblock version ${version}`);
}

function readFirstForm(source: ByteSource, version: number, base: number): Superblock {
  const block = source.block(SIGNATURE_BYTES, version === 0 ? 88 : 92);
  block.skip(1);
  const versions = [block.u8(), block.u8(), block.u8(), block.u8()];
  if (versions.some((v) => v !== 0)) throw new UnsupportedHdf5('superblock parts of other versions');
  checkWidths(block.u8(), block.u8());
  // A reserved byte, the groups' leaf and internal node K, flags, and in version 1 the chunks' node K.
  block.skip(version === 0 ? 9 : 13);
  if (block.u64() !== base) throw new UnsupportedHdf5('a base address that is not where the file begins');
  if (block.address() !== undefined) throw new UnsupportedHdf5('a free-space block');
  checkEnd(source, block.u64() - base);
  if (block.address() !== undefined) throw new UnsupportedHdf5('a file driver');
  // The root's name, which it has none of.
  block.skip(8);
  return { source, root: block.u64() };
}

function readSecondForm(source: ByteSource, base: number): Superblock {
  const block = source.block(0, 48);
  const sum = metadataChecksum(block.bytes.subarray(0, 44));
  block.skip(9);
  checkWidths(block.u8(), block.u8());
  if (block.u8() !== 0) throw new UnsupportedHdf5('a file that was not closed');
  if (block.u64() !== base) throw new UnsupportedHdf5('a base address that is not where the file begins');
  if (block.address() !== undefined) throw new UnsupportedHdf5('a superblock extension');
  const end = block.u64();
  const root = block.u64();
  if (block.u32() !== sum) throw new Hdf5Failure('the checksum of the superblock is wrong');
  checkEnd(source, end - base);
  return { source, root };
}

function checkWidths(offsets: number, lengths: number): void {
  if (offsets !== 8 || lengths !== 8) throw new UnsupportedHdf5('addresses of other than 8 bytes');
}

/** The words are libhdf5's, for one message whoever notices. */
function checkEnd({ size }: ByteSource, end: number): void {
  if (end > size) throw new Hdf5Failure(`truncated file: eof = ${size}, stored_eof = ${end}`);
}
