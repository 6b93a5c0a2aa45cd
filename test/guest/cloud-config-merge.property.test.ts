import fc from 'fast-check';
import { parse, stringify } from 'yaml';
import type { GuestSetup } from '../../src/guest/index.js';
import { userDataFor } from '../../src/guest/user-data.js';
import { isPlainMap } from '../../src/guest/guest-setup.js';
import { addSetup } from '../../src/guest/setup-merge.js';
import { DEPLOY, KEY, ROOT, WITH_DISK } from './setups.js';

const AS_READ = { version: '1.1', merge: true } as const;

/** Texts that YAML 1.1 takes for something else when they are not quoted, and others that break lines. */
const awkward = fc.constantFrom(
  ...[
    'yes',
    'no',
    'on',
    '~',
    'null',
    '0644',
    '08:30',
    '1_000',
    '0x1f',
    '2001-12-14',
    '.inf',
    '<<',
    '*a',
    '&a',
  ],
  ...[
    '- a',
    'a: b',
    '# c',
    ' a',
    'a ',
    '',
    'a\nb',
    'a\\nb',
    '\ta',
    '"',
    "'",
    '%',
    '@',
    '!b',
    '| ',
    'ü',
    '💾',
  ],
);
const text = fc.oneof(awkward, fc.string(), fc.string({ unit: 'grapheme' }));
const scalar = fc.oneof(text, fc.integer(), fc.boolean(), fc.constant(null));
const key = fc.oneof(
  fc.constantFrom('packages', 'runcmd', 'write_files', 'name', 'a b', 'yes', '1'),
  fc.string(),
);
const { value } = fc.letrec<{ value: unknown }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 4, withCrossShrink: true },
    scalar,
    fc.array(tie('value'), { maxLength: 4 }),
    fc.dictionary(key, tie('value'), { maxKeys: 4, noNullPrototype: true }),
  ),
}));
const user = fc.oneof(
  fc.constantFrom('default', 'deploy', 'eve'),
  fc.record(
    {
      name: fc.constantFrom('deploy', 'eve', 'root'),
      sudo: scalar,
      ssh_authorized_keys: fc.oneof(fc.array(fc.string()), fc.string(), fc.constant(null)),
    },
    { requiredKeys: ['name'], noNullPrototype: true },
  ),
);
const config = fc
  .tuple(
    fc.dictionary(key, value, { maxKeys: 5, noNullPrototype: true }),
    fc.record(
      {
        users: fc.oneof(fc.array(user, { maxLength: 4 }), fc.constant(null), fc.constant('default,eve')),
        ssh_authorized_keys: fc.array(fc.string(), { maxLength: 2 }),
        bootcmd: fc.array(value, { maxLength: 2 }),
      },
      { requiredKeys: [], noNullPrototype: true },
    ),
  )
  .map(([rest, known]) => ({ ...rest, ...known }));

/** The same values in the ways people write them. */
const written = fc
  .tuple(
    config,
    fc.record({
      indentSeq: fc.boolean(),
      defaultStringType: fc.constantFrom(
        'PLAIN',
        'QUOTE_DOUBLE',
        'QUOTE_SINGLE',
        'BLOCK_LITERAL',
        'BLOCK_FOLDED',
      ),
      collectionStyle: fc.constantFrom('any', 'flow'),
      lineWidth: fc.constantFrom(0, 40),
    }),
  )
  .map(([values, style]) => `#cloud-config\n# theirs\n${stringify(values, { version: '1.1', ...style })}`);

const setups = fc.constantFrom<GuestSetup>(ROOT, DEPLOY, WITH_DISK);

describe('merging into any cloud-config', () => {
  it('adds our setup and changes nothing else', () => {
    fc.assert(
      fc.property(written, setups, (given, setup) => {
        const before: unknown = parse(given, AS_READ);
        const merged = userDataFor(setup, given);
        expect(merged).toMatch(/^#cloud-config\n/);
        const after: unknown = parse(merged, AS_READ);
        expect(after).toEqual(addSetup(isPlainMap(before) ? before : {}, setup));
        expect(merged).toContain(KEY);
      }),
      { numRuns: 400 },
    );
  });

  it('keeps the person’s comments', () => {
    fc.assert(
      fc.property(written, setups, (given, setup) => {
        expect(userDataFor(setup, given)).toContain('# theirs\n');
      }),
      { numRuns: 100 },
    );
  });

  it('adds the key once, however often it is merged', () => {
    fc.assert(
      fc.property(written, fc.constantFrom(ROOT, DEPLOY), (given, setup) => {
        const once = userDataFor(setup, given);
        expect(parse(userDataFor(setup, once), AS_READ)).toEqual(parse(once, AS_READ));
      }),
      { numRuns: 200 },
    );
  });
});
