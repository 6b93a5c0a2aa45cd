import { createHash } from 'node:crypto';
import type { Readable } from 'node:stream';
import { ok, param, type Answer, type Call, type Route } from '../http/route.js';
import { listAnswer } from '../listing/page.js';
import { Refusal } from '../refusal.js';
import type { ImageRecord } from '../store/records.js';
import type { World } from '../world.js';
import { imageView } from './image-view.js';
import { acceptCreate } from './intent-create.js';
import { acceptWork, checkSpecVersion, deletionAnswer, intentAnswer } from './intent-work.js';

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
    { method: 'PUT', path: '/images/:uuid/file', kind, handle: (call) => upload(world, call) },
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

/** Bytes are counted and their checksum compared; they are not kept. Allowed once. */
async function upload(world: World, call: Call): Promise<Answer> {
  const image = existing(world, call);
  if (image.sizeBytes !== undefined)
    throw Refusal.invalidArgument('The image has its content already.', kind);
  if (call.stream === undefined) throw Refusal.unprocessable({ '': ['image content is missing'] }, kind);
  const algorithm = call.headers['x-nutanix-checksum-type'] === 'SHA_1' ? 'sha1' : 'sha256';
  const { bytes, digest } = await digestOf(call.stream, algorithm);
  const expected = call.headers['x-nutanix-checksum-bytes'];
  if (expected !== undefined && digest !== String(expected).toLowerCase()) {
    throw Refusal.invalidArgument('Checksum of the image does not match.', kind);
  }
  image.sizeBytes = bytes;
  image.updatedAt = world.time.now();
  return ok({});
}

async function digestOf(stream: Readable, algorithm: string): Promise<{ bytes: number; digest: string }> {
  const hash = createHash(algorithm);
  let bytes = 0;
  for await (const chunk of stream) {
    const part = Buffer.from(chunk);
    bytes += part.length;
    hash.update(part);
  }
  return { bytes, digest: hash.digest('hex') };
}

function update(world: World, call: Call): Answer {
  const image = existing(world, call);
  const input = world.validator.check('image_intent_input', call.body, kind);
  const task = acceptWork(world, call, {
    kind,
    operation: 'update',
    record: image,
    judge: () => checkSpecVersion(world, kind, image, input.metadata.spec_version),
    run: () => {
      image.name = input.spec.name;
      image.description = input.spec.description;
      image.resources = { ...image.resources, ...input.spec.resources };
    },
  });
  return intentAnswer(kind, image.uuid, input.spec, task);
}

function remove(world: World, call: Call): Answer {
  const image = existing(world, call);
  const run = (): void => {
    world.store.images.delete(image.uuid);
  };
  return deletionAnswer(kind, acceptWork(world, call, { kind, operation: 'delete', record: image, run }));
}
