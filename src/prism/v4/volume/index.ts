import { volumesPort, type Notes, type Volumes } from '../../../provider/index.js';
import { SpokenVersions } from '../../discovery/index.js';
import { portOf, type ApiParts } from '../../shared/index.js';
import { V4Api } from '../api.js';
import type { KnownCreate, V4Backend } from '../backend.js';
import { findNote, putNote, removeNote } from '../notes.js';
import { attachToInitiator } from './attach-initiator.js';
import { attachToVm } from './attach-vm.js';
import { changeCategories } from './categories.js';
import { createVolume } from './create.js';
import { deleteVolume } from './delete.js';
import { detach } from './detach.js';
import { findHolder, findVolume, findVolumesByName, listVolumes } from './find.js';
import { growDisk } from './grow.js';
import { freeBytesOf, resolveVolumePlacement } from './placement.js';
import { renameVolume } from './rename.js';
import {
  createFromSnapshot,
  createSnapshot,
  deleteSnapshot,
  findSnapshot,
  listSnapshots,
} from './snapshots.js';

/** What this API does for each method of the port. */
const OPERATIONS_ON_VOLUMES = {
  attachToInitiator,
  attachToVm,
  changeCategories,
  create: createVolume,
  delete: deleteVolume,
  detach,
  findVm: findHolder,
  find: findVolume,
  findByName: findVolumesByName,
  list: listVolumes,
  grow: growDisk,
  freeBytes: freeBytesOf,
  findNote,
  putNote,
  removeNote,
  resolvePlacement: resolveVolumePlacement,
  rename: renameVolume,
  createFromSnapshot,
  createSnapshot,
  deleteSnapshot,
  findSnapshot,
  listSnapshots,
};

/** The ports of volumes and of notes, spoken to a Prism Central through its v4 APIs. */
export function createV4Volumes({ http, spokenApi, ...tools }: ApiParts): Volumes & Notes {
  const versions = SpokenVersions.parse(spokenApi ?? '') ?? SpokenVersions.newest();
  const api = new V4Api(http, versions);
  const backend: V4Backend = { ...tools, api, creates: new Map<string, KnownCreate>() };
  return {
    ...portOf(volumesPort, backend, OPERATIONS_ON_VOLUMES),
    close: async () => {
      await Promise.resolve();
      api.close();
    },
  };
}
