/**
 * What a host may be called, what it may have and how long it cleans up, whichever front end asks: each rule once, for
 * the options' checks and for `prepare`. A face of its own, because the plugin checks options before it loads the rest of `host`; nothing heavy
 * may be loaded here.
 */
export { CLEANUP_TIME } from './cleanup-time.js';
export { mountPointProblem } from './mount-point.js';
export { hostNameProblem, isUserName } from './names.js';
