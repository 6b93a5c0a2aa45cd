import { systemClock, type Logger } from '../../support/index.js';
import { createEmulatedGuests, noGuests, type GuestBackend } from '../guests/index.js';
import { type EmulatedGuestOptions } from '../../emulator/index.js';
import { managedRange } from '../inventory/subnet-range.js';
import { latencyProfile, type LatencyProfile, type ProfileName } from '../latency.js';
import { checkGuestPorts } from './guest-ports.js';
import type { Settings } from './settings.js';

const DOCKER_PORT = 2376;
/** First two bytes of the addresses that emulated guests pick on an unmanaged subnet. */
const OWN_ADDRESS_PREFIX = '127.78';
/** The same as a network: a driver that takes no loopback address has to be told that these are meant. */
export const OWN_ADDRESS_NETWORK = `${OWN_ADDRESS_PREFIX}.0.0/16`;
/** A real Docker engine on a busy machine may take this long to stop, ms. */
const CONTAINER_SHUTDOWN = 60_000;

/** How long emulated guests take, ms. `real` is what a small Ubuntu VM takes on a quiet cluster, roughly. */
const TIMES: Readonly<Record<ProfileName, NonNullable<EmulatedGuestOptions['times']>>> = {
  fast: { boot: 300, cloudInit: 200, shutdown: 150, learning: 300 },
  real: { boot: 8_000, cloudInit: 5_000, shutdown: 4_000, learning: 3_000 },
  slow: { boot: 30_000, cloudInit: 20_000, shutdown: 15_000, learning: 10_000 },
};

/** What runs in the VMs. Rejects with an OperationError when it cannot run on this machine. */
export async function makeGuests(settings: Settings, logger: Logger): Promise<GuestBackend> {
  switch (settings.guests) {
    case 'none':
      return noGuests();
    case 'container': {
      // The client of the Docker API need not be loaded for other guests.
      const { createContainerGuests } = await import('../guests/container/index.js');
      const { dockerHost, guestImage: image, guestInternet: routed } = settings;
      return await createContainerGuests({ dockerHost, image, routed, clock: systemClock, logger });
    }
    case 'emulated': {
      const [firstAddress] = managedRange(settings.subnet).pools[0] ?? [];
      if (firstAddress !== undefined) await checkGuestPorts(firstAddress, [settings.sshPort, DOCKER_PORT]);
      const times = TIMES[settings.profile];
      return createEmulatedGuests({
        sshPort: settings.sshPort,
        clock: systemClock,
        logger,
        times,
        ownAddressPrefix: OWN_ADDRESS_PREFIX,
      });
    }
  }
}

/** The profile, with addresses seen on the wire no sooner than a guest is up to use them. */
export function latencyFor({ guests, profile }: Settings): LatencyProfile {
  const latency = latencyProfile(profile);
  if (guests === 'none') return latency;
  if (guests === 'container') return { ...latency, shutdown: Math.max(latency.shutdown, CONTAINER_SHUTDOWN) };
  const { boot = 0, learning = 0 } = TIMES[profile];
  return { ...latency, learn: boot + learning };
}
