// node scripts/demo-packages.mjs FOLDER [REGISTRY]: writes package.json and package-lock.json there, for `npm ci`, with the
// packages that programs need at run time and with Bun, which makes them: no compiler, linter or test runner. Versions and
// checksums are those of this project's package-lock.json.
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const [folder, registry] = process.argv.slice(2);
const { packages, ...lock } = JSON.parse(readFileSync('package-lock.json', 'utf8'));
const { name, version, dependencies, devDependencies } = packages[''];
const { overrides } = JSON.parse(readFileSync('package.json', 'utf8'));
const own = { name, version, overrides, dependencies: { ...dependencies, bun: devDependencies.bun } };

/** Without an address npm first asks for all versions of each package, which are megabytes. */
function address(path, { version: pinned }) {
  const called = path.slice(path.lastIndexOf('node_modules/') + 'node_modules/'.length);
  return { resolved: `${registry.replace(/\/$/, '')}/${called}/-/${called.split('/').at(-1)}-${pinned}.tgz` };
}

const chosen = Object.entries(packages)
  .filter(([path, { dev }]) => path !== '' && (!dev || /^node_modules\/(bun|@oven\/.*)$/.test(path)))
  .map(([path, entry]) => [path, { ...entry, dev: undefined, ...(registry ? address(path, entry) : {}) }]);

const write = (file, content) => writeFileSync(join(folder, file), JSON.stringify(content, undefined, 2));
write('package.json', own);
write('package-lock.json', { ...lock, packages: { '': own, ...Object.fromEntries(chosen) } });
