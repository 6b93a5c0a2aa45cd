import { between, oneOf } from './checks.js';
import { boolOption, intOption, stringOption } from './option.js';

const group = 'Behaviour';
/** One day: more is a mistake of the user, and one day stays far below the largest timer. */
const LONGEST = 86_400;

/** How long the driver waits and for what. */
export const behaviourOptions = {
  Timeout: intOption({
    name: 'nutanix-timeout',
    env: 'NUTANIX_TIMEOUT',
    group,
    help: 'Time limit of each operation, seconds',
    fallback: 300,
    check: between(1, LONGEST),
    since: 'official',
  }),
  WaitFor: stringOption({
    name: 'nutanix-wait-for',
    env: 'NUTANIX_WAIT_FOR',
    group,
    help: 'When a new machine counts as ready: ip (it has an address), ssh (an SSH login works) or cloud-init (it has ended)',
    fallback: 'cloud-init',
    check: oneOf('ip', 'ssh', 'cloud-init'),
  }),
  StopTimeout: intOption({
    name: 'nutanix-stop-timeout',
    env: 'NUTANIX_STOP_TIMEOUT',
    group,
    help: 'Seconds that the guest gets to shut down before it is switched off',
    fallback: 45,
    check: between(0, LONGEST),
  }),
  KeepOnError: boolOption({
    name: 'nutanix-keep-on-error',
    env: 'NUTANIX_KEEP_ON_ERROR',
    group,
    help: 'Keep what a failed create has made, so that it can be examined',
  }),
} as const;
