export { systemClock, type Clock } from './clock.js';
export {
  abortError,
  abortReason,
  awakeTimer,
  deadlineAfter,
  endedWhileWaiting,
  limitTimer,
  type Pending,
} from './deadline.js';
export {
  ipv4Mask,
  ipv4Number,
  ipv4Range,
  ipv4Text,
  networkOf,
  networkOfOne,
  networkTest,
  type NetworkTest,
  urlHost,
} from './ip.js';
export { KeyedQueue, SerialQueue } from './keyed-queue.js';
export { silentLogger, type Logger } from './logger.js';
export {
  ERROR_CODES,
  hasCode,
  OperationError,
  unlessCode,
  type Concern,
  type ErrorCode,
  type OperationErrorFields,
} from './operation-error.js';
export { backoff, poll, type Backoff, type PollOptions, type Probed } from './poll.js';
export { asOneError, inputError, invalidInput, problemsIn, schemaError } from './problems.js';
export { shellWord } from './shell-word.js';
export { hasSystemCode, systemCode } from './system-error.js';
export { createFile, isThere, replaceFile } from './whole-file.js';
