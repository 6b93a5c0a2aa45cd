export { DaemonError, idleDaemon, type Daemon, type DaemonProgram, type DaemonStart } from './daemon.js';
export { disable, enable, isEnabled } from './enablement.js';
export { ServiceError, ServiceManager, type ServiceState } from './service-manager.js';
export { loadUnit, type Unit } from './unit-loader.js';
