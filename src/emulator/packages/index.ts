export { DOCKER_REPOSITORY, type Package } from './catalogue.js';
export { Mirror } from './mirror.js';
export { PackageDatabase, writeExecutable } from './package-database.js';
