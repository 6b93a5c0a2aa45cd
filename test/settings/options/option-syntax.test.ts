import fc from 'fast-check';
import { parseCategory } from '../../../src/settings/options/category.js';
import { sha256Of } from '../../../src/settings/options/checks.js';
import { parseDisks } from '../../../src/settings/options/disk.js';
import { parseEndpoint } from '../../../src/settings/options/endpoint.js';

describe('an endpoint', () => {
  test.each([
    ['prism.example.test', 'prism.example.test', undefined],
    [' 10.0.0.5 ', '10.0.0.5', undefined],
    ['prism:9440', 'prism', 9440],
    ['https://prism.example.test:9440/', 'prism.example.test', 9440],
    ['https://prism.example.test:9440/console/#login', 'prism.example.test', 9440],
    ['fd00::5', 'fd00::5', undefined],
    ['[fd00::5]', 'fd00::5', undefined],
    ['[fd00::5]:9441', 'fd00::5', 9441],
    ['https://[fd00::5]:9441', 'fd00::5', 9441],
    ['prism_central', 'prism_central', undefined],
    ['prism.example.test.', 'prism.example.test.', undefined],
    ['prüm.example', 'prüm.example', undefined],
  ])('%s', (text, host, port) => {
    expect(parseEndpoint(text)).toEqual({ host, port });
  });

  test.each([
    '',
    ' ',
    'http://prism',
    'prism:0',
    'prism:65536',
    'prism:port',
    'a b',
    '[10.0.0.1]',
    '[fd00::5',
    'user@prism',
    'prism/api',
    '-x',
    'fd00::5:xyz',
  ])('%p is refused', (text) => {
    expect(parseEndpoint(text)).toHaveProperty('problem');
  });
});

describe('a disk', () => {
  test('has size, container, bus, mount and file system', () => {
    const text = 'size=100,container=default,bus=pci,mount=/srv/db,fs=xfs';
    expect(parseDisks([text])).toEqual({
      disks: [{ sizeGiB: 100, container: 'default', bus: 'pci', mount: '/srv/db', filesystem: 'xfs' }],
      problems: [],
    });
  });

  test('needs no more than a size', () => {
    expect(parseDisks(['size=1']).disks).toEqual([
      { sizeGiB: 1, container: undefined, bus: 'scsi', mount: undefined, filesystem: 'ext4' },
    ]);
  });

  test('is put together again when a client has split it at its commas', () => {
    const whole = ['size=1,container=a,mount=/x', 'size=2,fs=xfs,mount=/y'];
    expect(parseDisks(whole.join(',').split(','))).toEqual(parseDisks(whole));
  });

  test('can have any container name: commas are escaped', () => {
    fc.assert(
      fc.property(fc.string({ minLength: 1 }), (name) => {
        fc.pre(!/(^|,)\s*size\s*=/.test(name));
        const escaped = name.replace(/[\\,]/g, '\\$&');
        expect(parseDisks([`size=5,container=${escaped}`]).disks).toEqual([
          expect.objectContaining({ container: name }),
        ]);
      }),
      { numRuns: 200 },
    );
  });

  test.each([
    ['container=a', /needs size=GIB/],
    ['size=0', /needs size=GIB/],
    ['size=1.5', /needs size=GIB/],
    ['size=1e9', /needs size=GIB/],
    ['size=1,size=2', /size twice/],
    ['size=1,colour=red', /unknown part "colour=red"/],
    ['size=1,bus=usb', /unknown bus/],
    ['size=1,mount=/x,fs=ntfs', /unknown fs/],
    ['size=1,mount=x', /has to be an absolute path/],
    ['size=1,mount=/', /has to be an absolute path/],
    ['size=1,mount=/a/../etc', /has to be an absolute path/],
    ['size=1,mount=/a b', /has to be an absolute path/],
    ['size=1,mount=/etc', /"size=1,mount=\/etc" cannot be mounted there: it holds the settings of the guest/],
    ['size=1,fs=xfs', /fs but no mount/],
    ['size=1,container=', /empty container/],
    ['', /unknown part/],
  ])('%p is refused', (text, problem) => {
    const { disks, problems } = parseDisks([text]);
    expect(disks).toEqual([]);
    expect(problems).toEqual([expect.stringMatching(problem)]);
  });

  test('two on one mount point are refused', () => {
    expect(parseDisks(['size=1,mount=/x', 'size=2,mount=/x']).problems).toEqual(['mounts two disks on /x']);
  });

  test('never throws', () => {
    fc.assert(fc.property(fc.array(fc.string()), (values) => Array.isArray(parseDisks(values).disks)));
  });
});

test('a category keeps everything around the first equals sign', () => {
  expect(parseCategory(' AppType=a=b=c ')).toEqual({ key: ' AppType', value: 'a=b=c ' });
  expect(parseCategory(' =a')).toBeUndefined();
  expect(parseCategory(`k=${'v'.repeat(65)}`)).toBeUndefined();
});

test('a fingerprint may be written as openssl and browsers do', () => {
  const digits = 'ab'.repeat(32);
  expect(sha256Of(`sha256:${digits}`)).toBe(digits);
  expect(sha256Of(`SHA256 ${digits}`)).toBeUndefined();
  expect(sha256Of(`SHA-256=${'AB:'.repeat(31)}AB`)).toBe(digits);
  expect(sha256Of(digits.slice(1))).toBeUndefined();
});
