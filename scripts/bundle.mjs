// bun scripts/bundle.mjs OUTFILE [TARGET RUNTIME]: every program of src/bin as one executable file. TARGET is another
// platform, e.g. bun-linux-arm64, and RUNTIME the file of Bun for it. PACKAGES=FILE writes the folders of the packages inside.
// PROGRAM=NAME: that program alone, which is smaller.
/* global Bun */
import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { isBuiltin } from 'node:module';
import { dirname, join } from 'node:path';

const [outfile, target, runtime] = process.argv.slice(2);
const alone = process.env.PROGRAM;
const entry = `src/bin/${alone ?? 'nutanix-docker'}.ts`;

/**
 * An executable looks for what is not inside it in the folder where it is started, and would run what it finds
 * there. So every module that cannot be inside (native addons, optional packages that are not installed) is
 * replaced by one that throws, which is what `require` of an absent optional package does.
 */
const nothingFromOutside = {
  name: 'nothing-from-outside',
  setup(build) {
    build.onResolve({ filter: /.*/ }, ({ path, importer }) => {
      if (importer === '' || isBuiltin(path) || (!isNative(path) && canBeFound(path, importer)))
        return undefined;
      return { path, namespace: 'absent' };
    });
    build.onLoad({ filter: /.*/, namespace: 'absent' }, ({ path }) => ({
      contents: `throw Object.assign(new Error(${JSON.stringify(`${path} is not part of this program`)}), { code: 'MODULE_NOT_FOUND' });`,
      loader: 'js',
    }));
  },
};

/**
 * axios loads form-data, and that a list of all the world's media types, which costs 5 ms of CPU at the first
 * request of every plugin process. Nothing here sends forms.
 */
const noMediaTypes = {
  name: 'no-media-types',
  setup(build) {
    build.onLoad({ filter: /\/mime-db\/db\.json$/ }, () => ({ contents: '{}', loader: 'json' }));
  },
};

function isNative(path) {
  return path.endsWith('.node') || path === 'cpu-features'; // the latter is nothing but a native addon
}

function canBeFound(path, importer) {
  try {
    Bun.resolveSync(path, dirname(importer));
    return true;
  } catch {
    return false;
  }
}

/** The texts that a program has beside it, by file name. */
function textsIn(folder, ending = '') {
  const names = readdirSync(folder).filter((name) => name.endsWith(ending));
  return JSON.stringify(
    Object.fromEntries(names.sort().map((name) => [name, readFileSync(join(folder, name), 'utf8')])),
  );
}

const result = await Bun.build({
  entrypoints: [entry],
  compile: {
    outfile,
    ...(target ? { target, executablePath: runtime } : {}),
    autoloadDotenv: false,
    autoloadBunfig: false,
  },
  // What is imported later is a file of its own inside, with its own compiled code, and what several need is there once: the
  // runtime takes in a file whole before it runs its first line, and a client waits for the start.
  format: 'esm',
  splitting: true,
  minify: true,
  bytecode: true,
  sourcemap: 'none',
  metafile: true,
  // Otherwise the folders of the machine that builds would get in.
  define: {
    __dirname: '"/"',
    __filename: '"/program.js"',
    REVISION: JSON.stringify(execFileSync('bash', ['scripts/revision.sh'], { encoding: 'utf8' })),
    PAGE_FILES: textsIn('src/simulator/page/browser'),
    GUEST_SCRIPTS: textsIn('src/guest/scripts', '.sh'),
    ...Object.fromEntries(
      readdirSync('proto').map((name) => [
        `${name.replace('.proto', '').toUpperCase()}_PROTO`,
        JSON.stringify(readFileSync(join('proto', name), 'utf8')),
      ]),
    ),
  },
  plugins: [nothingFromOutside, noMediaTypes],
});
for (const message of result.logs) console.error(String(message));
if (process.env.PACKAGES) {
  const folders = Object.keys(result.metafile.inputs).flatMap(
    (path) => /^(.*node_modules\/(?:@[^/]+\/)?[^/]+)\//.exec(path)?.[1] ?? [],
  );
  writeFileSync(
    process.env.PACKAGES,
    [...new Set(folders)]
      .sort()
      .map((folder) => `${folder}\n`)
      .join(''),
  );
}
