export { type ArrayDescriptor, type WireArray, wireArray } from './arrays.ts';
export { type DecodeOptions, decodeMessage, encodeMessage, type OutgoingMessage } from './codec.ts';
export { type Dtype, type DtypeArrays, dtypes, type TypedArray } from './dtypes.ts';
export type { Service } from './handshake-messages.ts';
export { defaultLimits, type MessageLimits, protocolVersion, supportedVersions } from './limits.ts';
export {
  type AnyMessage,
  type Arrays,
  type Body,
  type Message,
  type MessageType,
  messageDefinitions,
} from './messages.ts';
export {
  type ErrorBody,
  type ErrorCode,
  errorBody,
  errorCodes,
  errorFromBody,
  ProtocolError,
  type RefusedMessage,
} from './protocol-error.ts';
export { createSpace, describeSpace, type SpaceDescription } from './spaces.ts';
