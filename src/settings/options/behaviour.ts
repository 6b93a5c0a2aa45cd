import { between, oneOf } from './checks.js';
import { optionsIn } from './option.js';

const option = optionsIn('Behaviour');
/** One day: more is a mistake of the user, and one day stays far below the largest timer. */
const LONGEST = 86_400;

/** How long the driver waits and for what. */
export const behaviourOptions = {
  Timeout: option.int({
    name: 'nutanix-timeout',
    help: 'Time limit of each operation, seconds',
    fallback: 300,
    check: between(1, LONGEST),
    since: 'official',
  }),
  WaitFor: option.string({
    name: 'nutanix-wait-for',
    help: 'When a new machine counts as ready: ip (it has an address), ssh (an SSH login works) or cloud-init (it has ended)',
    fallback: 'cloud-init',
    check: oneOf('ip', 'ssh', 'cloud-init'),
  }),
  StopTimeout: option.int({
    name: 'nutanix-stop-timeout',
    help: 'Seconds that the guest gets to shut down before it is switched off',
    fallback: 45,
    check: between(0, LONGEST),
  }),
  KeepOnError: option.bool({
    name: 'nutanix-keep-on-error',
    help: 'Keep what a failed create has made, so that it can be examined',
  }),
  Agent: option.string({
    name: 'nutanix-agent',
    help: 'Whether the resident agent may serve this machine, where its launcher is installed: on or off',
    fallback: 'on',
    check: oneOf('on', 'off'),
    isVariablePassing: true,
  }),
} as const;
