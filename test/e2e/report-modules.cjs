// Preloaded into the Node build by start-up.test.ts: as soon as the address line is written, writes the list of
// loaded files to the file that MODULES_REPORT names, one per line, Node's own as `node:NAME`.
const fs = require('node:fs');

const writeFile = fs.writeFileSync;
const report = (text) => {
  if (!/^(127\.0\.0\.1:\d+|1\|0\|unix\|.*)\n/.test(String(text))) return;
  const own = process.moduleLoadList.flatMap(
    (entry) => /^NativeModule (?!internal\/)(.*)$/.exec(entry)?.[1] ?? [],
  );
  writeFile(
    process.env.MODULES_REPORT,
    [...Object.keys(require.cache), ...own.map((name) => `node:${name}`)].join('\n'),
  );
};

const { writeSync } = fs;
fs.writeSync = (descriptor, text, ...rest) => {
  report(text);
  return writeSync(descriptor, text, ...rest);
};
const write = process.stdout.write.bind(process.stdout);
process.stdout.write = (text, ...rest) => {
  report(text);
  return write(text, ...rest);
};
