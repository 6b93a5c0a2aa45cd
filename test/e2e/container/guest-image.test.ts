import { execFile, execFileSync } from 'node:child_process';
import {
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ROOT } from '../machine.js';
import { describeWith, startEmptyEngine, startEngine } from './engine.js';

/** Writes down that it was called, takes its time, and makes the file that it is asked for. */
const MMDEBSTRAP = `#!/bin/bash
echo called >>"$CALLS"
printf '%s\\n' "$@" >"$CALLS.words"
sleep 0.3
[[ ! -e $CALLS.broken ]] || { echo "no mirror answers" >&2; exit 25; }
for word; do if [[ $word == *.tar.new ]]; then echo root >"$word"; fi; done
`;

interface Result {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** The scripts with which a machine gets its engine and its image, without either. */
describe('scripts of container guests', () => {
  let folder: string;
  let calls: string;

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'guest-image-'));
    calls = join(folder, 'calls');
    cpSync(join(ROOT, 'scripts'), join(folder, 'scripts'), { recursive: true });
    mkdirSync(join(folder, 'bin'));
    program('mmdebstrap', MMDEBSTRAP);
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  function program(name: string, text: string): void {
    writeFileSync(join(folder, 'bin', name), text);
    chmodSync(join(folder, 'bin', name), 0o755);
  }

  function run(script: string, ...args: string[]): Promise<Result> {
    return runIn({}, script, ...args);
  }
  function runIn(variables: Record<string, string>, script: string, ...args: string[]): Promise<Result> {
    const env = { PATH: `${join(folder, 'bin')}:${process.env['PATH'] ?? ''}`, CALLS: calls, ...variables };
    const words = [join(folder, 'scripts', script), ...args];
    return new Promise((resolve) => {
      execFile('bash', words, { env }, (error, stdout, stderr) => {
        resolve({ code: error === null ? 0 : Number(error.code), stdout, stderr });
      });
    });
  }
  const build = (suite?: string): Promise<Result> =>
    runIn(suite === undefined ? {} : { GUEST_SUITE: suite }, 'guest-image/build.sh', '--tarball');
  const timesMade = (): number => readFileSync(calls, 'utf8').split('\n').length - 1;

  test('who builds at the same time gets the one image', async () => {
    const [one, other] = await Promise.all([build(), build()]);
    expect(one.code).toBe(0);
    expect(one.stdout).toBe(other.stdout);
    expect(readFileSync(one.stdout.trim(), 'utf8')).toBe('root\n');
    expect(timesMade()).toBe(1);
  });

  test('it is made again when its recipe has changed, and the old one goes', async () => {
    const before = (await build()).stdout.trim();
    await build();
    expect(timesMade()).toBe(1);
    writeFileSync(join(folder, 'scripts/guest-image/packages'), 'systemd-sysv\n');
    const after = (await build()).stdout.trim();
    expect(after).not.toBe(before);
    expect([existsSync(before), existsSync(after)]).toEqual([false, true]);
  });

  test('it is of the release that is asked for, of packages that this one has; each one is kept', async () => {
    const wordsOf = async (suite?: string): Promise<string[]> => {
      expect((await build(suite)).code).toBe(0);
      return readFileSync(`${calls}.words`, 'utf8').trim().split('\n');
    };
    const [trixie, bookworm] = [await wordsOf(), await wordsOf('bookworm')];
    const packagesOf = (words: readonly string[]): string[] =>
      words
        .find((word) => word.startsWith('--include='))
        ?.slice('--include='.length)
        .split(',') ?? [];
    expect([trixie.includes('trixie'), bookworm.includes('bookworm')]).toEqual([true, true]);
    expect(packagesOf(trixie)).toEqual(expect.arrayContaining(['docker.io', 'docker-cli', 'open-iscsi']));
    expect(packagesOf(bookworm)).toEqual(packagesOf(trixie).filter((name) => name !== 'docker-cli'));
    await build();
    expect(timesMade()).toBe(2);
    expect((await build('../x')).stderr).toMatch(/GUEST_SUITE is the name of a release.*"\.\.\/x"\n$/);
  });

  test('a root file system that cannot be made leaves nothing, and the next build tries again', async () => {
    writeFileSync(`${calls}.broken`, '');
    const { code, stdout, stderr } = await build();
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
    expect(stderr).toMatch(/no mirror answers\nguest-image: mmdebstrap failed\n$/);
    rmSync(`${calls}.broken`);
    expect((await build()).code).toBe(0);
  });

  test('without an engine that answers, it says how to get one', async () => {
    program('docker', '#!/bin/sh\nexit 1\n');
    const { code, stderr } = await run('guest-image/build.sh');
    expect(code).toBe(1);
    expect(stderr).toMatch(/guest-image: no Docker engine answers at .*docker-engine\.sh start FOLDER.*\n$/);
  });

  test('an engine is not started in a folder that has something else', async () => {
    const { code, stderr } = await run('docker-engine.sh', 'start', join(folder, 'bin'));
    expect(code).toBe(1);
    expect(stderr).toMatch(/docker-engine: (.*bin is not empty|a Docker engine needs root)\n$/);
  });

  test('nor is a folder removed that has no engine', async () => {
    expect((await run('docker-engine.sh', 'stop', join(folder, 'bin'))).stderr).toMatch(/was not made by/);
    expect(existsSync(join(folder, 'bin', 'mmdebstrap'))).toBe(true);
    expect((await run('docker-engine.sh', 'stop', join(folder, 'nothing'))).code).toBe(0);
  });

  test('packages that are there are not installed again, and a wrong call says so', async () => {
    program('apt-get', '#!/bin/sh\necho called >>"$CALLS"\nexit 100\n');
    program('dpkg-query', '#!/bin/sh\necho installed\necho installed\n');
    program('id', '#!/bin/sh\necho 0\n');
    expect(await run('install-packages.sh', 'one', 'two')).toMatchObject({ code: 0 });
    expect(existsSync(calls)).toBe(false);
    const failed = await run('install-packages.sh', 'one', 'two', 'three');
    expect(failed.code).toBe(1);
    expect(failed.stderr).toMatch(/install-packages: one two three could not be installed.*\n$/);
    program('id', '#!/bin/sh\necho 1000\n');
    expect((await run('install-packages.sh', 'one')).stderr).toMatch(/as root: apt-get install one\n$/);
  });
});

const first = startEmptyEngine();
afterAll(() => first?.stop());

describeWith(first)('images of one engine for others', () => {
  const folder = mkdtempSync(join(tmpdir(), 'kept-images-'));
  const images = join(folder, 'images');
  afterAll(() => rmSync(folder, { recursive: true }));

  const started = (): NonNullable<typeof first> => {
    const engine = startEngine(images);
    if (engine === undefined) throw new Error('there was an engine, and now there is none');
    return engine;
  };
  /** The text of the image's one file, read through an engine. */
  const read = (engine: NonNullable<typeof first>): string => {
    const container = engine.docker('create', '--network', 'none', 'kept:1', 'none');
    engine.docker('cp', `${container}:/file`, join(folder, 'copy'));
    engine.docker('rm', container);
    return readFileSync(join(folder, 'copy'), 'utf8');
  };

  test('are theirs from the start, each for itself', () => {
    writeFileSync(join(folder, 'file'), 'what was there first');
    execFileSync('tar', ['-C', folder, '-cf', join(folder, 'root.tar'), 'file']);
    first?.docker('import', join(folder, 'root.tar'), 'kept:1');
    first?.keepImages(images);
    const [second, third] = [started(), started()];
    try {
      expect([read(second), read(third)]).toEqual(['what was there first', 'what was there first']);
      second.docker('rmi', 'kept:1');
      expect(second.docker('images', '-q')).toBe('');
      expect(read(third)).toBe('what was there first');
    } finally {
      second.stop();
      third.stop();
    }
  });

  test('are read again where none can be kept', () => {
    rmSync(join(images, 'overlay2'), { recursive: true });
    const engine = started();
    try {
      expect(engine.docker('images', '-q')).toBe('');
    } finally {
      engine.stop();
    }
  });
});
