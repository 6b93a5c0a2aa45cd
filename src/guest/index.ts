export type { GuestDisk } from './guest-disk.js';
export type { GuestSetup } from './guest-setup.js';
export { composeUserData, powerOffProblem } from './lazy-user-data.js';
export {
  checkKeyPair,
  copyKeyPair,
  keyPairOf,
  makeKeyPair,
  readKeyPair,
  removeKeyPair,
  STAND_IN_KEY,
  type KeyPair,
} from './ssh-key.js';
export { readPrivateKey, type KeyType, type PrivateKey } from './private-key.js';
export { isForIgnition } from './user-data-format.js';
export { openSsh, type GuestLogin, type SshLogin } from './ssh-session.js';
export { holdTcp, openTcp, probeTcp, type HeldConnection } from './tcp-connection.js';
export { restartReadiness } from './restart-readiness.js';
export {
  cloudInitReadiness,
  mountReadiness,
  sshReadiness,
  type ReadinessProbe,
  type Readiness,
} from './readiness.js';
