/** The methods of the port, as this API does them. */
export { resolvePlacement as resolve } from './lookup/resolve.js';
export { issueToken as issueCreationToken } from './reservation.js';
export { createVm as create } from './vm/create.js';
export { findVm as find } from './vm/find.js';
export { listOwned, readOwned } from './vm/list-owned.js';
export { requestReboot, requestShutdown, reset } from './vm/power-actions.js';
export { powerOff, powerOn } from './vm/power-state.js';
export { removeVm as remove } from './vm/remove.js';
export { resizeVm as resize } from './vm/resize.js';
