import { posix } from 'node:path';
import {
  commentsOf,
  documentNames,
  repositoryFile,
  shellFiles,
  textsOf,
  typescriptFiles,
} from './source-tree.js';

const LONGEST = 400;
/** Names that say nothing about what is inside. */
const EMPTY_NAMES = new Set([
  'util',
  'utils',
  'helper',
  'helpers',
  'common',
  'manager',
  'data',
  'info',
  'misc',
]);

/** Words that name no subject. A user is called user; a caller, a client or a server is called by its name. */
const VAGUE_WORDS = /\b(person|people|whoever|nobody|somebody|someone|anybody)\b/i;
/** What the glossary of docs/architecture.md has another word for, as far as it can mean nothing else. */
const RETIRED_WORDS =
  /\b(creation key|guest location|shared fate|wait loop|pull(s|ed)? the plug|(undo|takes? back|taken back) what)\b/i;
/** The account of every Linux guest that is called so. */
const PASSWD = 'nobody:x:65534';
const ACCOUNT = '`nobody`';

/** A front end, its client, or what only its users have. */
const FRONT_END =
  /docker-machine|rancher-machine|nutanix-(hosts|volume)|fleeting|GitLab|\bthe runner|(this|the) driver|with the machine|the configuration of the machine/;
/** What is no text for users, and what each other front end has its own text for. */
const NAMED_BELOW: Readonly<Record<string, readonly string[]>> = {
  'src/guest/ignition.ts': ['/etc/sudoers.d/docker-machine'],
  'src/guest/setup-merge.ts': ['docker-machine'],
  'src/settings/connection/credentials-place.ts': [
    'The credentials are those that are stored with the machine (Driver.',
  ],
  'src/settings/options/virtual-machine.ts': ['Docker host made by docker-machine-driver-nutanix'],
};

const sources = typescriptFiles('src');
const everything = [...sources, ...typescriptFiles('test'), ...typescriptFiles('bench')];

describe('source files', () => {
  test(`none is longer than ${LONGEST} lines`, () => {
    const long = everything.map(({ path, text }) => ({ path, lines: text.split('\n').length - 1 }));
    expect(long.filter(({ lines }) => lines > LONGEST)).toEqual([]);
  });

  test('texts that users read name their subject', () => {
    const isVague = (text: string): boolean => VAGUE_WORDS.test(text) && !text.includes(PASSWD);
    const vague = sources.flatMap((file) =>
      textsOf(file)
        .filter(isVague)
        .map((text) => `${file.path}: ${text}`),
    );
    expect(vague).toEqual([]);
  });

  test('those below the front ends name none of them', () => {
    const shared = /^src\/(guest|host|grpc|go-plugin|logging|prism|process|provider|settings|support)\//;
    const named = sources
      .filter(({ path }) => shared.test(path))
      .flatMap((file) => textsOf(file).map((text) => ({ path: file.path, text })))
      .filter(({ path, text }) => FRONT_END.test(text) && !(NAMED_BELOW[path] ?? []).includes(text));
    expect(named).toEqual([]);
  });

  test('no merge is half solved, in the documents neither', () => {
    const documents = ['README.md', 'CHANGELOG.md', ...documentNames().map((name) => `docs/${name}`)];
    const texts = [...everything, ...documents.map((path) => ({ path, text: repositoryFile(path) }))];
    // Prettier takes the end of a conflict in a document for quotations.
    const marker = /^(<{7}|>{7}|(> ){6}>) /m;
    expect(texts.filter(({ text }) => marker.test(text)).map(({ path }) => path)).toEqual([]);
  });

  test('comments name their subject', () => {
    const isVague = (comment: string): boolean => VAGUE_WORDS.test(comment.replaceAll(ACCOUNT, ''));
    const vague = sources.flatMap((file) =>
      commentsOf(file)
        .filter(isVague)
        .map((comment) => `${file.path}: ${comment}`),
    );
    expect(vague).toEqual([]);
  });

  test('comments and documents use the words of the glossary', () => {
    const documents = documentNames()
      .filter((name) => name !== 'architecture.md')
      .map((name) => `docs/${name}`);
    const texts = ['README.md', ...documents].map((path) => ({ path, words: [repositoryFile(path)] }));
    const comments = sources.map((file) => ({ path: file.path, words: commentsOf(file) }));
    const retired = [...texts, ...comments].flatMap(({ path, words }) =>
      words.flatMap((text) => [...(RETIRED_WORDS.exec(text)?.slice(0, 1) ?? [])].map((w) => `${path}: ${w}`)),
    );
    expect(retired).toEqual([]);
  });

  test('names of files and folders say what is inside', () => {
    const parts = (path: string): string[] => path.replace(/(\.d|\.test)?\.ts$/, '').split('/');
    const empty = everything.filter(({ path }) => parts(path).some((part) => EMPTY_NAMES.has(part)));
    expect(empty.map(({ path }) => path)).toEqual([]);
  });

  test('no check is switched off', () => {
    const words = ['@ts-' + 'ignore', '@ts-' + 'expect-error', '@ts-' + 'nocheck', 'eslint-' + 'disable'];
    const off = everything.filter(({ text }) => words.some((word) => text.includes(word)));
    expect(off.map(({ path }) => path)).toEqual([]);
  });

  test('relative imports name the compiled file, which Node needs', () => {
    const relative = /(?:from|import|import\(|require\()\s*'(\.[^']*)'/g;
    const bare = sources.flatMap(({ path, text }) =>
      [...text.matchAll(relative)].flatMap(([, name = '']) =>
        /\.(js|json)$/.test(posix.basename(name)) ? [] : [`${path}: ${name}`],
      ),
    );
    expect(bare).toEqual([]);
  });
});

describe('shell scripts', () => {
  // With `pipefail` the writer's failure counts: what still writes when its reader has seen enough fails, now and then.
  test('none with pipefail has a reader in a pipe that leaves before the end', () => {
    const early = /(?<!\|)\|\s*(head\b|grep\s+(-\S+\s+)*(-[a-z]*q|-m\b)|sed\s[^|]*\dq\b)/i;
    const strict = shellFiles().filter(({ text }) => text.includes('pipefail'));
    expect(strict.length).toBeGreaterThan(30);
    const found = strict.flatMap(({ path, text }) =>
      text.split('\n').flatMap((line, at) => (early.test(line) ? [`${path}:${at + 1}: ${line.trim()}`] : [])),
    );
    expect(found).toEqual([]);
    expect('curl "$url" | grep -q word').toMatch(early);
    expect('grep -o word file | head -n 1').toMatch(early);
    expect('called || grep -q word "$log"').not.toMatch(early);
  });
});

describe('package-lock.json', () => {
  test('names no registry, so that any mirror can serve it', () => {
    const lock = repositoryFile('package-lock.json');
    expect(lock.match(/"resolved":[^\n]*|registry\.[a-z]+/g)).toBeNull();
  });

  test('has a checksum for every package', () => {
    const lock: unknown = JSON.parse(repositoryFile('package-lock.json'));
    const packages = lock instanceof Object && 'packages' in lock ? (lock.packages ?? {}) : {};
    const names = Object.entries(packages).filter(([name]) => name !== '');
    expect(names.length).toBeGreaterThan(100);
    const without = names.filter(([, entry]) => !(entry instanceof Object && 'integrity' in entry));
    expect(without.map(([name]) => name)).toEqual([]);
  });
});
