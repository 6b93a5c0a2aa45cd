/** The methods of the port, as this API does them. */
export { resolvePlacement as resolve } from './lookup/resolve.js';
export { createVm as create, issueToken as issueCreationToken } from './vm/create.js';
export { findVm as find } from './vm/find.js';
export { listOwned, readOwned } from './vm/list-owned.js';
export { powerOff, powerOn, requestReboot, requestShutdown, reset } from './vm/power.js';
export { removeVm as remove } from './vm/remove.js';
export { resizeVm as resize } from './vm/resize.js';
