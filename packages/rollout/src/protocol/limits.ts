/** The version of the protocol that this package speaks. */
export const protocolVersion = 1;

/** All versions that this package can speak, best first. */
export const supportedVersions: readonly number[] = [protocolVersion];

/** What a receiver accepts; anything beyond is refused before memory is taken for it. */
export interface MessageLimits {
  /** Bytes of the header frame. */
  readonly headerBytes: number;
  /** Bytes of all frames together. */
  readonly messageBytes: number;
}

/** Limits unless told: a header of 1 MiB, a message of 64 MiB. */
export const defaultLimits: MessageLimits = { headerBytes: 2 ** 20, messageBytes: 64 * 2 ** 20 };

/** Maps and arrays inside one another in a header, the header itself counted. */
export const MAX_DEPTH = 32;
/** Values in a header, keys counted. */
export const MAX_ITEMS = 2 ** 17;
/** Bytes of one string in a header. */
export const MAX_STRING_BYTES = 2 ** 16;
/** Arrays in one message. */
export const MAX_ARRAYS = 1024;
/** Dimensions of one array. */
export const MAX_RANK = 8;
/** Every array starts at a multiple of so many bytes in the data frame. */
export const ALIGNMENT = 8;
