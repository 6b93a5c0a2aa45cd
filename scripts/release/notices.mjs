// node scripts/release/notices.mjs PROGRAM PACKAGES SBOM NOTICES [C_LIBRARY...]: what is inside the executable, from the folders of
// packages that scripts/bundle.mjs has written: a bill of materials (CycloneDX, JSON) and the texts of their licences.
// C_LIBRARY is Debian's package libc6 for an architecture, of which libraries stand beside the executable in an image.
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const [program, packagesFile, sbomFile, noticesFile, ...cLibraryFiles] = process.argv.slice(2);
const own = JSON.parse(readFileSync('package.json', 'utf8'));
const lock = JSON.parse(readFileSync('package-lock.json', 'utf8')).packages;
const { version: bun } = lock['node_modules/bun'];
const licenceOfBun = `https://github.com/oven-sh/bun/blob/bun-v${bun}/LICENSE.md`;
/** Debian's base-files; the licence wants its text beside what is linked. */
const lgpl2 = '/usr/share/common-licenses/LGPL-2';
const folders = readFileSync(packagesFile, 'utf8').split('\n').filter(Boolean);
const inside = new Map(
  folders.map((folder) => {
    const { name, version, license, licenses } = JSON.parse(
      readFileSync(join(folder, 'package.json'), 'utf8'),
    );
    const named = [license ?? licenses].flat().map((one) => one?.type ?? one ?? 'see its text');
    return [`${name}@${version}`, { folder, license: named.join(' OR ') }];
  }),
);

const cLibraries = cLibraryFiles.map((file) => {
  const [version, architecture] = ['Version', 'Architecture'].map((field) =>
    execFileSync('dpkg-deb', ['-f', file, field], { encoding: 'utf8' }).trim(),
  );
  return { file, version, architecture };
});

/** npm knows all packages; here is what the bundler has taken, also what is there only for development and was found. */
function billOfMaterials() {
  const args = ['sbom', '--sbom-format', 'cyclonedx', '--package-lock-only'];
  const bom = JSON.parse(execFileSync('npm', args, { encoding: 'utf8', maxBuffer: 1 << 26 }));
  const root = bom.metadata.component;
  const runtime = {
    'bom-ref': `bun@${bun}`,
    type: 'platform',
    name: 'bun',
    version: bun,
    purl: `pkg:npm/bun@${bun}`,
    licenses: [{ license: { id: 'MIT' } }],
    externalReferences: [{ type: 'license', url: licenceOfBun }],
  };
  const kept = (reference) => reference === root['bom-ref'] || inside.has(reference);
  const beside = cLibraries.map(({ file, version, architecture }) => {
    const purl = `pkg:deb/debian/libc6@${encodeURIComponent(version)}?arch=${architecture}`;
    return {
      'bom-ref': purl,
      type: 'library',
      name: 'libc6',
      version,
      purl,
      licenses: [{ license: { id: 'LGPL-2.1-or-later' } }],
      hashes: [{ alg: 'SHA-256', content: createHash('sha256').update(readFileSync(file)).digest('hex') }],
      // CycloneDX has a type of its own for sources from 1.6 on; npm writes 1.5.
      externalReferences: [{ type: 'distribution', url: sourceOf(version), comment: 'sources' }],
    };
  });
  const added = [runtime, ...beside];
  bom.components = [...bom.components.filter((component) => kept(component['bom-ref'])), ...added];
  // Where a package names its licence in an old form, npm leaves it out.
  for (const component of bom.components)
    component.licenses ??= [{ license: { name: inside.get(component['bom-ref']).license } }];
  const known = new Set(bom.components.map((component) => component['bom-ref']));
  const unknown = [...inside.keys()].filter((reference) => !known.has(reference));
  if (unknown.length > 0) throw new Error(`npm sbom does not know ${unknown.join(', ')}`);
  bom.dependencies = bom.dependencies
    .filter(({ ref }) => kept(ref))
    .map(({ ref, dependsOn = [] }) => ({
      ref,
      dependsOn: [
        ...dependsOn.filter(kept),
        ...(ref === root['bom-ref'] ? added.map((one) => one['bom-ref']) : []),
      ],
    }));
  Object.assign(root, { type: 'application', name: cLibraries.length > 0 ? program : own.name });
  // Two builds have the same bytes: the time is that of the sources, and the number is made of the content.
  bom.metadata.timestamp = new Date(Number(process.env.SOURCE_DATE_EPOCH) * 1000).toISOString();
  delete bom.metadata.tools;
  delete bom.serialNumber;
  const hex = createHash('sha256').update(JSON.stringify(bom)).digest('hex');
  const number = [
    hex.slice(0, 8),
    hex.slice(8, 12),
    `5${hex.slice(13, 16)}`,
    `8${hex.slice(17, 20)}`,
    hex.slice(20, 32),
  ];
  return { ...bom, serialNumber: `urn:uuid:${number.join('-')}` };
}

function licenceTexts() {
  const parts = [
    `The executable ${program} ${own.version} has inside, beside what this project's LICENSE is for:`,
    [`bun ${bun} (MIT)`, ...[...inside].map(([reference, { license }]) => `${reference} (${license})`)].join(
      '\n',
    ),
    section(
      `bun ${bun}`,
      'The runtime, under the MIT License. It is linked statically to JavaScriptCore and parts of WebKit (LGPL, version 2) and\n' +
        `to other libraries, which ${licenceOfBun} names with their licences,\n` +
        'together with how it is built from changed sources. To put a changed runtime into this program: from its sources,\n' +
        '`bun scripts/bundle.mjs OUTFILE TARGET RUNTIME`.\n\n' +
        (existsSync(lgpl2)
          ? readFileSync(lgpl2, 'utf8').trim()
          : 'The text of that LGPL: https://www.gnu.org/licenses/old-licenses/lgpl-2.0.txt'),
    ),
  ];
  const versions = new Set(cLibraries.map(({ version }) => version));
  for (const version of versions) {
    parts.push(
      section(
        `libc6 ${version}`,
        'Beside the executable in its image: the loader and four libraries of the GNU C library as Debian has built them, unchanged,\n' +
          'under the LGPL, version 2.1 or later. The terms of its parts and the texts of their licences are at the end.\n' +
          `Their source is Debian's source package glibc ${version}:\n${sourceOf(version)}`,
      ),
    );
  }
  for (const [reference, { folder, license }] of inside) {
    const names = readdirSync(folder)
      .filter((name) => /^(licen[cs]e|copying|notice)/i.test(name))
      .sort();
    const texts = names.map((name) => readFileSync(join(folder, name), 'utf8').trim());
    const none = `Its package has no text of its licence; it says: ${license}.`;
    parts.push(section(reference, texts.length > 0 ? texts.join('\n\n') : none));
  }
  return `${parts.join('\n\n')}\n`;
}

/** Debian keeps the sources of every version there, also of those that its archive has no longer. */
function sourceOf(version) {
  return `https://snapshot.debian.org/package/glibc/${encodeURIComponent(version)}/`;
}

function section(title, text) {
  return `${'='.repeat(80)}\n${title}\n${'='.repeat(80)}\n\n${text}`;
}

writeFileSync(sbomFile, `${JSON.stringify(billOfMaterials(), null, 1)}\n`);
writeFileSync(noticesFile, licenceTexts());
