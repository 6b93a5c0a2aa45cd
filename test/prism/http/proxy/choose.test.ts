import { chooseProxy } from '../../../../src/prism/http/proxy/index.js';
import { goTable, ourAnswer, type GoCase } from './go-table.js';

function goAnswer({ answer: { proxy, signIn } }: GoCase): string {
  return proxy === undefined ? 'direct' : `${proxy} ${signIn ?? ''}`;
}

/** Where we differ from Go on purpose. */
const OURS: Readonly<Record<string, string>> = {
  // curl and many other tools know ALL_PROXY.
  ALL_PROXY: 'http://p:3128 ',
  all_proxy: 'http://p:3128 ',
  // Go goes on with a proxy named `http:`, or without any, or with half of a password for the name of the host.
  'a proxy that cannot be read': 'refused',
  'nothing but a scheme': 'refused',
  'a bare slash': 'refused',
  'a bare slash behind digits': 'refused',
  'a bare number sign': 'refused',
  'a bare question mark': 'refused',
  // Here it is plain what the user means.
  'a bare percent sign': `http://p:3128 Basic ${Buffer.from('me:50%zz').toString('base64')}`,
  'not ASCII, bare': `http://p:3128 Basic ${Buffer.from('me:pä').toString('base64')}`,
  'an IPv6 address in brackets': 'direct',
  // Go's client knows these and fails later, respectively.
  'a SOCKS proxy': 'refused',
  'another scheme': 'refused',
};

const { cases } = goTable();

test('the table is as long as it should be, and each case has a name of its own', () => {
  expect(cases.length).toBeGreaterThanOrEqual(60);
  expect(new Set(cases.map(({ what }) => what)).size).toBe(cases.length);
});

test.each(cases.filter(({ what }) => !(what in OURS)))('as Go: $what', (question) => {
  expect(ourAnswer(question)).toBe(goAnswer(question));
});

test.each(Object.entries(OURS))('not as Go: %s', (what, answer) => {
  const question = cases.find((one) => one.what === what);
  if (question === undefined) throw new Error(`no such question: ${what}`);
  expect(ourAnswer(question)).toBe(answer);
  expect(answer).not.toBe(goAnswer(question));
});

describe('an explicit proxy', () => {
  const choose = (text: string, environment = {}) =>
    chooseProxy('127.0.0.1', 9440, { text, setting: '--proxy' }, environment);

  test('wins over the environment, also for loopback', () => {
    const environment = { HTTPS_PROXY: 'http://p:1', NO_PROXY: '*' };
    expect(choose('proxy.test:8080', environment)).toMatchObject({ setting: '--proxy', isExplicit: true });
    expect(choose('proxy.test:8080', environment)?.url.href).toBe('http://proxy.test:8080/');
  });

  test('that cannot be understood is named by its setting', () => {
    expect(() => choose('http://')).toThrow(
      'choose the proxy: --proxy is not the URL of an HTTP proxy such as http://USER:PASSWORD@proxy.example:3128. ' +
        'Correct --proxy.',
    );
  });
});

describe('an address of the environment that is refused', () => {
  const refusal = (environment: Record<string, string>): string => {
    try {
      chooseProxy('pc.test', 9440, undefined, environment);
    } catch (error) {
      return String(error);
    }
    throw new Error('it was not refused');
  };

  test('names the variable and the way around it', () => {
    expect(refusal({ all_proxy: 'socks5h://p:1080' })).toContain(
      'all_proxy names a SOCKS proxy (socks5h://), and only HTTP proxies are supported (http:// or https://). ' +
        'Correct all_proxy, or name pc.test in NO_PROXY to connect without a proxy.',
    );
  });

  test.each([
    'http://me:hun/ter2@p:1',
    'http://me:80/hunter2@p:1',
    'http://me:hun#hunter2@p',
    'http://me:80?hunter2@p',
  ])('says how to write a password, and does not print it: %s', (text) => {
    const words = refusal({ HTTPS_PROXY: text });
    expect(words).toContain('the characters / ? # have to be written as %2F %3F %23');
    expect(words).not.toMatch(/hun|ter2/);
  });
});
