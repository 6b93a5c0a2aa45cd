// bun scripts/bundle.mjs SOURCE OUTFILE [TARGET]: one program as one executable file.
/* global Bun */
import { readdirSync, readFileSync } from 'node:fs';
import { isBuiltin } from 'node:module';
import { dirname, join } from 'node:path';

const [source, outfile, target] = process.argv.slice(2);

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
  entrypoints: [source],
  compile: { outfile, ...(target ? { target } : {}), autoloadDotenv: false, autoloadBunfig: false },
  format: 'cjs',
  minify: true,
  bytecode: true,
  sourcemap: 'none',
  // Otherwise the folders of the machine that builds would get in.
  define: {
    __dirname: '"/"',
    __filename: '"/program.js"',
    PAGE_FILES: textsIn('src/simulator/page/browser'),
    GUEST_SCRIPTS: textsIn('src/guest/scripts', '.sh'),
    CSI_PROTO: JSON.stringify(readFileSync('proto/csi.proto', 'utf8')),
  },
  plugins: [nothingFromOutside, noMediaTypes],
});
for (const message of result.logs) console.error(String(message));
