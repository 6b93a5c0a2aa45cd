export type { GuestDisk } from './guest-disk.js';
export type { GuestSetup } from './guest-setup.js';
export { composeUserData } from './user-data.js';
export { makeKeyPair, readKeyPair, removeKeyPair, type KeyPair, type KeyType } from './ssh-key.js';
export { probeTcp } from './tcp-connection.js';
export {
  cloudInitReadiness,
  sshReadiness,
  type GuestLogin,
  type Observation,
  type Readiness,
} from './readiness.js';
