// node scripts/release/fleeting-image.mjs FOLDER VERSION OUTFOLDER: an image of the fleeting plugin as an OCI layout, as GitLab
// Runner installs it and containers run it. FOLDER has linux/ARCHITECTURE/plugin.tar, a layer with the folder plugin, for each
// architecture by Go's name. SOURCE_DATE_EPOCH is the time that the image says.
import { Buffer } from 'node:buffer';
import { createHash } from 'node:crypto';
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';

const [folder, version, out] = process.argv.slice(2);
const created = new Date(Number(process.env.SOURCE_DATE_EPOCH) * 1000).toISOString();
const MEDIA = 'application/vnd.oci.image';
/**
 * By this annotation the runner finds the layer with the plugin, and its version. It takes every file of the first layer
 * that has it; each has to be in the folder plugin, and none in a folder there.
 */
const LAYER = 'com.gitlab.fleeting.layer';

const blobs = join(out, 'blobs', 'sha256');
mkdirSync(blobs, { recursive: true });

/** Writes a blob; what other blobs say of it. */
function blob(mediaType, bytes) {
  const digest = digestOf(bytes);
  writeFileSync(join(blobs, digest.slice('sha256:'.length)), bytes);
  return { mediaType: `${MEDIA}.${mediaType}`, digest, size: bytes.length };
}

function digestOf(bytes) {
  return `sha256:${createHash('sha256').update(bytes).digest('hex')}`;
}

const json = (value) => Buffer.from(JSON.stringify(value));

const manifests = readdirSync(join(folder, 'linux'))
  .sort()
  .map((architecture) => {
    const tar = readFileSync(join(folder, 'linux', architecture, 'plugin.tar'));
    const config = blob(
      'config.v1+json',
      json({
        created,
        architecture,
        os: 'linux',
        config: { Entrypoint: ['/plugin/plugin'], Env: [`FLEETING_PLUGIN_PKG_VERSION=${version}`] },
        rootfs: { type: 'layers', diff_ids: [digestOf(tar)] },
      }),
    );
    const layer = blob('layer.v1.tar+gzip', gzipSync(tar, { level: Number(process.env.RELEASE_GZIP ?? 9) }));
    const manifest = blob(
      'manifest.v1+json',
      json({
        schemaVersion: 2,
        mediaType: `${MEDIA}.manifest.v1+json`,
        config,
        layers: [{ ...layer, annotations: { [LAYER]: version } }],
      }),
    );
    const annotations = {
      'org.opencontainers.image.version': version,
      'org.opencontainers.image.created': created,
      'org.opencontainers.image.base.name': 'scratch',
    };
    return { ...manifest, platform: { architecture, os: 'linux' }, annotations };
  });

const mediaType = `${MEDIA}.index.v1+json`;
const index = blob('index.v1+json', json({ schemaVersion: 2, mediaType, manifests }));
const annotations = { 'org.opencontainers.image.ref.name': version };
writeFileSync(
  join(out, 'index.json'),
  json({ schemaVersion: 2, mediaType, manifests: [{ ...index, annotations }] }),
);
writeFileSync(join(out, 'oci-layout'), json({ imageLayoutVersion: '1.0.0' }));
