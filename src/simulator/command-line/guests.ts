import type { Clock, Logger } from '../../support/index.js';
import { noGuests, type GuestBackend } from '../guests/index.js';
import type { LatencyProfile, ProfileName } from '../core/latency.js';
import type { Settings } from './settings.js';

/** A real Docker engine on a busy machine may take this long to stop, ms. */
const CONTAINER_SHUTDOWN = 60_000;

/** What the program tells the guests that it is started with. */
export interface GuestRequest {
  readonly settings: Settings;
  readonly clock: Clock;
  readonly logger: Logger;
}

/** One word of `--guests`: how such guests are made, and what they ask of the simulator around them. */
export interface GuestKind {
  /** Rejects with an OperationError when such guests cannot run on this machine. */
  make(request: GuestRequest): Promise<GuestBackend>;
  /** The profile, adapted to how long such guests take. */
  latency(profile: LatencyProfile, name: ProfileName): LatencyProfile;
  /**
   * The network of the addresses that such guests pick on an unmanaged subnet, when a driver has to be told that
   * these are meant.
   */
  readonly ownAddressNetwork?: string;
}

/** Every word of `--guests`. The emulated guests are a house of their own, so the executable hands them in. */
export type GuestKinds = Readonly<Record<Settings['guests'], GuestKind>>;

/** VMs that have power and addresses, and nothing that runs in them. */
export const noGuestKind: GuestKind = {
  make: () => Promise.resolve(noGuests()),
  latency: (profile) => profile,
};

/** Real Docker hosts in a local Docker engine. */
export const containerGuestKind: GuestKind = {
  make: async ({ settings, clock, logger }) => {
    // The client of the Docker API need not be loaded for other guests.
    const { createContainerGuests } = await import('../guests/container/index.js');
    const { dockerHost, guestImage: image, guestInternet: routed } = settings;
    return await createContainerGuests({ dockerHost, image, routed, clock, logger });
  },
  latency: (profile) => ({ ...profile, shutdown: Math.max(profile.shutdown, CONTAINER_SHUTDOWN) }),
};
