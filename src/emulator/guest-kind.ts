import { managedRange, type GuestKind, type ProfileName } from '../simulator/index.js';
import { EmulatedGuests } from './guest/backend.js';
import { checkGuestPorts } from './guest/ports.js';
import type { EmulatedGuestOptions } from './guest/options.js';

const DOCKER_PORT = 2376;
/** First two bytes of the addresses that emulated guests pick on an unmanaged subnet. */
const OWN_ADDRESS_PREFIX = '127.78';

/** How long emulated guests take, ms. `real` is what a small Ubuntu VM takes on a quiet cluster, roughly. */
export const TIMES: Readonly<Record<ProfileName, NonNullable<EmulatedGuestOptions['times']>>> = {
  fast: { boot: 300, cloudInit: 200, shutdown: 150, learning: 300 },
  real: { boot: 8_000, cloudInit: 5_000, shutdown: 4_000, learning: 3_000 },
  slow: { boot: 30_000, cloudInit: 20_000, shutdown: 15_000, learning: 10_000 },
};

/** `--guests emulated` of the program prism-simulator. */
export const emulatedGuestKind: GuestKind = {
  make: async ({ settings: { profile, sshPort, subnet }, clock, logger }) => {
    const [firstAddress] = managedRange(subnet).pools[0] ?? [];
    if (firstAddress !== undefined) await checkGuestPorts(firstAddress, [sshPort, DOCKER_PORT]);
    const times = TIMES[profile];
    return new EmulatedGuests({ sshPort, clock, logger, times, ownAddressPrefix: OWN_ADDRESS_PREFIX });
  },
  // An address is seen on the wire no sooner than the guest is up to use it.
  latency: (latency, profile) => {
    const { boot = 0, learning = 0 } = TIMES[profile];
    return { ...latency, learn: boot + learning };
  },
  ownAddressNetwork: `${OWN_ADDRESS_PREFIX}.0.0/16`,
};
