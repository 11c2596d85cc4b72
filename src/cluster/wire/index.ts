export {
  type ActorAnswer,
  type AskedFields,
  answering,
  decodeAsked,
  encodeAsked,
  valueIn,
} from './actors.js';
export { COMPRESSIONS, type Compression, checkCompression } from './compression.js';
export { WireError } from './errors.js';
export { decodeFailure, encodeFailure, type Failure } from './failures.js';
export { type Frame, LaterFrame } from './frame.js';
export { DEFAULT_LIMITS, encodeFrames, FrameDecoder, type FrameLimits, type Placing } from './framing.js';
export {
  decodeMessage,
  EnumMember,
  encodeMessage,
  Pickled,
  Serialized,
  type SerializedHeader,
} from './messages.js';
export {
  hashOf,
  moduleFunctionsOf,
  moduleKey,
  replaceModuleFunctions,
  sentUrl,
  uploadKey,
  uploadsIn,
} from './modules.js';
export { JS } from './resources.js';
export {
  compressResult,
  decodeResult,
  describesBlock,
  encodeBlocks,
  encodeResult,
  PythonOnlyError,
} from './results.js';
export {
  decodePayload,
  encodePayload,
  payloadOf,
  type ScheduledTask,
  TaskEncoder,
  type TaskPayload,
  VALUE_OP,
} from './task.js';
export { decodeValue, encodeValue } from './values.js';
