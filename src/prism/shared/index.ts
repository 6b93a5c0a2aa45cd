/** What the versions of Prism Central's API share: nothing here knows a path, a field or a state of one of them. */
export { decode, isUuid, lenient, maybe, rawObject, type Attempt, type RawObject } from './answers.js';
export type { ApiParts, ApiVersion, PrismProvider } from './api-version.js';
export { appError, fromErrors, type AppError, type ErrorBody } from './app-errors.js';
export { readErrorBody, readMessages } from './error-body.js';
export { inChangeRounds } from './change-rounds.js';
export {
  formatCreationToken,
  parseCreationToken,
  readCreationToken,
  requestIdOf,
  type Identity,
} from './creation-token.js';
export { deleteUntilGone, type DeleteEnd } from './deletion.js';
export { encodedGuestData, LONGEST_USER_DATA, type GuestInput } from './guest-data.js';
export { ASKED_MS, notRunning } from './guest-requests.js';
export { diskBusFrom, isOfSize, machineTypeOf, placedDisks } from './hardware.js';
export { JoinedReads, type VmReader, type WantedRead } from './joined-reads.js';
export * from './lookup/index.js';
export { dateFrom, inventoryOf, LONGEST_NAME_IN_IDENTIFIER, type SeenVm } from './owned-vms.js';
export { hasTag, taggedDescription, tagOn, type OwnershipTag } from './ownership-tag.js';
export { portOf } from './port.js';
export { pollTask, taskErrorOf, type TaskEnd, type TaskPolling, type TaskState } from './task-polling.js';
export { asWord, capped, cutText, noteKey, textOfHtml } from './texts.js';
