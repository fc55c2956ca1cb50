/** What is wrong with a file, in the words of libhdf5 or of this package's own reader. */
export class Hdf5Failure extends Error {
  override readonly name: string = 'Hdf5Failure';
}

/** The file, or a part of it, is of a form that this package's own reader leaves to libhdf5. */
export class UnsupportedHdf5 extends Error {
  override readonly name = 'UnsupportedHdf5';
}
