import type { World } from '../core/world.js';
import type { SavedGuests, SavedServer, SavedState } from './saved-state.js';
import { saveStore } from './store-state.js';

/** All that outlives a simulator. */
export function saveAll({ store, guests }: World, server: SavedServer): SavedState {
  const stored = saveStore(store);
  const kept = guests.save?.(new Set(stored.vms.map(({ uuid }) => uuid)));
  return {
    format: 'prism-simulator state',
    version: 3,
    server,
    ...(kept === undefined ? {} : { guests: { kind: guests.kind, kept } }),
    ...stored,
  };
}

/** Gives the guests' disks to the backend. Guests of another kind are of no use to it. */
export function loadGuests({ guests, logger }: World, saved: SavedGuests | undefined): void {
  if (saved === undefined) return;
  if (saved.kind === guests.kind && guests.load !== undefined) guests.load(saved.kept);
  else
    logger.warn(`The state has disks of ${saved.kind} guests; ${guests.kind} guests start with fresh ones.`);
}
