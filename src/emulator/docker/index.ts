export { answer, type ApiRequest, type ApiResponse } from './api.js';
export { dockerd } from './dockerd.js';
export type { Engine } from './engine.js';
export { infoBody, versionBody } from './engine-facts.js';
export { apiVersionOf, GIT_COMMIT, installedEngineVersion, isOlder } from './engine-version.js';
