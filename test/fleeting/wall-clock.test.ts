import { typescriptFiles } from '../source-tree.js';

/**
 * A computer's clock may be wrong, and set while a group is at work. So the plugin waits by a clock that only grows (`Clock`), and
 * reads the wall clock for what users read, and for the dates of its certificate.
 */
const READS_WALL_CLOCK: Readonly<Record<string, string>> = {
  'src/fleeting/lease/take-lease.ts': 'since when a runner has a group, for one that is refused',
  'src/go-plugin/hclog.ts': 'the times of log lines',
  'src/go-plugin/mutual-tls.ts': 'the dates of a certificate of this hour',
};

test('the wall clock decides nothing: it is read in three places, each for a reason', () => {
  const files = ['src/fleeting', 'src/go-plugin', 'src/grpc'].flatMap((folder) => typescriptFiles(folder));
  expect(files.length).toBeGreaterThan(30);
  const reading = files
    .filter(({ text }) => /\bDate\.now\(|\bnew Date\(\)/.test(text))
    .map(({ path }) => path);
  expect(reading.sort()).toEqual(Object.keys(READS_WALL_CLOCK).sort());
});
