/**
 * What a host may be called and what it may have, whichever front end asks: each rule once, for the options' checks and
 * for `prepare`. A face of its own, because the plugin checks options before it loads the rest of `host`; nothing heavy
 * may be loaded here.
 */
export { mountPointProblem } from './mount-point.js';
export { hostNameProblem, isUserName } from './names.js';
