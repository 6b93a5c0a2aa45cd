export { systemClock, type Clock } from './clock.js';
export { deadlineAfter } from './deadline.js';
export { silentLogger, type Logger } from './logger.js';
export { mountPointProblem } from './mount-point.js';
export {
  ERROR_CODES,
  hasCode,
  OperationError,
  type Concern,
  type ErrorCode,
  type OperationErrorFields,
} from './operation-error.js';
