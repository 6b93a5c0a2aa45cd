import { between, oneOf, userName } from './checks.js';
import { intOption, stringOption } from './option.js';

const group = 'Guest';

/** The operating system in the VM: how it is set up and reached. */
export const guestOptions = {
  CloudInit: stringOption({
    name: 'nutanix-cloud-init',
    env: 'NUTANIX_CLOUD_INIT',
    group,
    help: 'Your own user-data for cloud-init or Ignition, as text; the SSH user and key are merged into it',
    since: 'official',
  }),
  CloudInitFile: stringOption({
    name: 'nutanix-cloud-init-file',
    env: 'NUTANIX_CLOUD_INIT_FILE',
    group,
    help: 'File with your own cloud-init user-data; the SSH user and key are merged into it',
  }),
  SSHUser: stringOption({
    name: 'nutanix-ssh-user',
    env: 'NUTANIX_SSH_USER',
    group,
    help: 'User for SSH; made by cloud-init or Ignition, with sudo, if it is not there',
    fallback: 'root',
    check: userName,
  }),
  SSHPort: intOption({
    name: 'nutanix-ssh-port',
    env: 'NUTANIX_SSH_PORT',
    group,
    help: 'Port of the SSH server in the guest',
    fallback: 22,
    check: between(1, 65_535),
  }),
  SSHKey: stringOption({
    name: 'nutanix-ssh-key',
    env: 'NUTANIX_SSH_KEY',
    group,
    help: 'Existing private key file, without a passphrase; it is copied to the machine; empty = a new key',
  }),
  SSHKeyType: stringOption({
    name: 'nutanix-ssh-key-type',
    env: 'NUTANIX_SSH_KEY_TYPE',
    group,
    help: 'Type of a new key: ed25519 or rsa',
    fallback: 'ed25519',
    check: oneOf('ed25519', 'rsa'),
  }),
} as const;
