import { createHash } from 'node:crypto';
import { FileBody } from '../../http/delivery.js';
import { ok, type Answer, type Call } from '../../http/route.js';
import { Refusal } from '../../core/refusal.js';
import { badArgument, notModelled, unprocessable } from '../refusal.js';
import type { ImageRecord } from '../../core/store/records.js';
import type { World } from '../../core/world.js';

import { refuseViewer } from '../permissions.js';

const kind = 'image';
/** Of all images together: uploads are kept in memory. */
const KEPT_BYTES = 64 * 2 ** 20;

/** PUT images/{uuid}/file: allowed once. The checksum is compared. */
export async function uploadImage(world: World, image: ImageRecord, call: Call): Promise<Answer> {
  refuseViewer(call);
  checkAwaited(world, image);
  if (call.stream === undefined) throw unprocessable({ '': ['image content is missing'] }, kind);
  const algorithm = call.headers['x-nutanix-checksum-type'] === 'SHA_1' ? 'sha1' : 'sha256';
  const { bytes, digest, content } = await received(call.stream, algorithm, room(world));
  const expected = call.headers['x-nutanix-checksum-bytes'];
  if (expected !== undefined && digest !== String(expected).toLowerCase()) {
    throw badArgument('Checksum of the image does not match.', kind);
  }
  checkAwaited(world, image);
  image.sizeBytes = bytes;
  image.updatedAt = world.time.now();
  if (content !== undefined && bytes <= room(world)) world.store.imageContents.set(image.uuid, content);
  return ok({});
}

/** Before the upload, and after it: another one may have been faster, or the image removed. */
function checkAwaited(world: World, image: ImageRecord): void {
  if (world.store.images.get(image.uuid) !== image) throw Refusal.notFound(kind, image.uuid);
  if (image.sizeBytes === undefined) return;
  throw badArgument('The image has its content already.', kind);
}

/**
 * GET images/{uuid}/file: an upload as it came; zeros for what was never there to be fetched, an image of a URL
 * or of a VM's disk.
 */
export function downloadImage(world: World, image: ImageRecord): FileBody {
  const { sizeBytes, sourceUri, source } = image;
  if (sizeBytes === undefined) throw badArgument('The image has no content yet.', kind);
  const content = world.store.imageContents.get(image.uuid);
  if (content !== undefined) return FileBody.of(content);
  if (sourceUri !== undefined || source !== undefined) {
    return FileBody.zeros(sizeBytes);
  }
  const message = `The content of image ${image.name} was not kept by this simulator`;
  throw notModelled(message, kind);
}

function room(world: World): number {
  const sizes = [...world.store.imageContents.values()].map(({ length }) => length);
  return KEPT_BYTES - sizes.reduce((sum, size) => sum + size, 0);
}

/** Counts and digests a body; keeps it when it fits. */
async function received(
  stream: AsyncIterable<Buffer>,
  algorithm: string,
  most: number,
): Promise<{ bytes: number; digest: string; content: Buffer | undefined }> {
  const hash = createHash(algorithm);
  const parts: Buffer[] = [];
  let bytes = 0;
  for await (const part of stream) {
    bytes += part.length;
    hash.update(part);
    if (bytes <= most) parts.push(part);
    else parts.length = 0;
  }
  return { bytes, digest: hash.digest('hex'), content: bytes <= most ? Buffer.concat(parts) : undefined };
}
