import { between, oneOf, userName } from './checks.js';
import { optionsIn } from './option.js';

const option = optionsIn('Guest');

/** The operating system in the VM: how it is set up and reached. */
export const guestOptions = {
  CloudInit: option.string({
    name: 'nutanix-cloud-init',
    help: 'Your own user-data for cloud-init or Ignition, as text; the SSH user and key are merged into it',
    since: 'official',
  }),
  CloudInitFile: option.string({
    name: 'nutanix-cloud-init-file',
    help: 'File with your own cloud-init user-data; the SSH user and key are merged into it',
  }),
  SSHUser: option.string({
    name: 'nutanix-ssh-user',
    help: 'User for SSH; made by cloud-init or Ignition, with sudo, if it is not there',
    fallback: 'root',
    check: userName,
  }),
  SSHPort: option.int({
    name: 'nutanix-ssh-port',
    help: 'Port of the SSH server in the guest',
    fallback: 22,
    check: between(1, 65_535),
  }),
  SSHKey: option.string({
    name: 'nutanix-ssh-key',
    help: 'Existing private key file, without a passphrase; it is copied to the machine; empty = a new key',
  }),
  SSHKeyType: option.string({
    name: 'nutanix-ssh-key-type',
    help: 'Type of a new key: ed25519 or rsa',
    fallback: 'ed25519',
    check: oneOf('ed25519', 'rsa'),
  }),
} as const;
