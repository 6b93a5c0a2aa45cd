export { answer, type ApiRequest, type ApiResponse } from './api.js';
export { dockerPrograms } from './command-line.js';
export { Docker, type DockerParts } from './docker.js';
