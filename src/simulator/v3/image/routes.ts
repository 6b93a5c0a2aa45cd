import { ok, param, type Answer, type Call, type Route } from '../../http/route.js';
import { listAnswer } from '../listing/page.js';
import { Refusal } from '../../core/refusal.js';
import type { ImageRecord } from '../../core/store/records.js';
import type { World } from '../../core/world.js';
import { downloadImage, uploadImage } from './content.js';
import { imageView } from './view.js';
import { acceptCreate } from '../intent/create.js';
import { acceptUpdate } from '../intent/update.js';
import { acceptWork, deletionAnswer } from '../intent/work.js';

const kind = 'image';
/** What an image fetched from a URL turns out to have: nothing is really fetched. */
const FETCHED_BYTES = 2 * 2 ** 30;

const DEFAULTS = { image_type: 'DISK_IMAGE', architecture: 'X86_64' } as const;

/** images: made from a URL or a VM's disk at once, or by an upload afterwards. */
export function imageRoutes(world: World): Route[] {
  return [
    { method: 'POST', path: '/images', kind, handle: (call) => create(world, call) },
    { method: 'POST', path: '/images/list', kind, handle: (call) => list(world, call) },
    {
      method: 'GET',
      path: '/images/:uuid',
      kind,
      handle: (call) => ok({ api_version: '3.1', ...imageView(world, existing(world, call)) }),
    },
    { method: 'PUT', path: '/images/:uuid', kind, handle: (call) => update(world, call) },
    {
      method: 'GET',
      path: '/images/:uuid/file',
      kind,
      handle: (call) => ok(downloadImage(world, existing(world, call))),
    },
    {
      method: 'PUT',
      path: '/images/:uuid/file',
      kind,
      handle: (call) => uploadImage(world, existing(world, call), call),
    },
    { method: 'DELETE', path: '/images/:uuid', kind, handle: (call) => remove(world, call) },
  ];
}

function list(world: World, call: Call): Answer {
  const input = world.validator.check('image_list_metadata', call.body, kind);
  const listing = {
    kind,
    records: call.user.role === 'viewer' ? [] : world.store.images,
    attributes: {
      name: (image: ImageRecord) => [image.name],
      image_type: (image: ImageRecord) => [image.resources.image_type ?? ''],
    },
    view: (image: ImageRecord) => imageView(world, image),
  };
  return ok(listAnswer(listing, input));
}

function existing(world: World, call: Call): ImageRecord {
  const uuid = param(call, 'uuid');
  const image = world.store.images.get(uuid);
  if (image === undefined) throw Refusal.notFound(kind, uuid);
  return image;
}

function create(world: World, call: Call): Answer {
  const input = world.validator.check('image_intent_input', call.body, kind);
  const resources = { ...DEFAULTS, ...input.spec.resources };
  return acceptCreate(world, call, {
    kind,
    input,
    collection: world.store.images,
    record: (entity): ImageRecord => ({ ...entity, resources, clusterUuids: [] }),
    run: (image) => {
      image.sizeBytes = sourceSize(world, image);
      image.clusterUuids = placement(world, image);
    },
  });
}

/** undefined when the bits are still to be uploaded. */
function sourceSize(world: World, image: ImageRecord): number | undefined {
  const { source_uri: uri, data_source_reference: source } = image.resources;
  if (uri !== undefined) return FETCHED_BYTES;
  if (source?.uuid === undefined) return undefined;
  for (const vm of world.store.vms) {
    const disk = vm.resources.disk_list.find(({ uuid }) => uuid === source.uuid);
    if (disk !== undefined) return disk.disk_size_bytes;
  }
  throw Refusal.notFound('vm_disk', source.uuid);
}

/** The clusters asked for, or all of them. */
function placement(world: World, image: ImageRecord): string[] {
  const wanted = (image.resources.initial_placement_ref_list ?? []).map(({ uuid }) => uuid);
  for (const uuid of wanted) if (!world.store.clusters.has(uuid)) throw Refusal.notFound('cluster', uuid);
  if (wanted.length > 0) return wanted;
  return [...world.store.clusters].filter(({ service }) => service === 'AOS').map(({ uuid }) => uuid);
}

function update(world: World, call: Call): Answer {
  const image = existing(world, call);
  const input = world.validator.check('image_intent_input', call.body, kind);
  return acceptUpdate(world, call, {
    kind,
    input,
    spec: input.spec,
    record: image,
    run: () => {
      image.name = input.spec.name;
      image.description = input.spec.description;
      image.resources = { ...image.resources, ...input.spec.resources };
    },
  });
}

function remove(world: World, call: Call): Answer {
  const image = existing(world, call);
  const run = (): void => {
    world.store.images.delete(image.uuid);
    world.store.imageContents.delete(image.uuid);
  };
  return deletionAnswer(kind, acceptWork(world, call, { kind, operation: 'delete', record: image, run }));
}
