import { CookieJar } from '../../../../src/prism/http/session/cookies.js';

const now = Date.parse('Sat, 07 Jun 2025 18:23:51 GMT');

function headerAfter(...lines: string[][]): string | undefined {
  const jar = new CookieJar();
  for (const one of lines) jar.store(one, now);
  return jar.header();
}

test('all cookies are kept, whatever their names', () => {
  expect(headerAfter(['NTNX_IAM_SESSION=a.b=c; Path=/; Secure; HttpOnly', 'JSESSIONID=x'])).toBe(
    'NTNX_IAM_SESSION=a.b=c; JSESSIONID=x',
  );
});

test('a later value replaces the earlier one', () => {
  expect(headerAfter(['S=1;Path=/'], ['S=2;Path=/'])).toBe('S=2');
});

test.each([
  ['an empty value', 'S=; Path=/'],
  ['Max-Age 0', 'S=x; Max-Age=0'],
  ['Max-Age below 0, although Expires is later', 'S=x; Expires=Sat, 07-Jun-2025 18:38:00 GMT; Max-Age=-1'],
  ['an Expires in the past', 'S=x; Expires=Thu, 01 Jan 1970 00:00:00 GMT'],
])('%s drops the cookie', (_name, line) => {
  expect(headerAfter(['S=1', 'T=2'], [line])).toBe('T=2');
});

test('a date in the form Prism Central sends, a quarter of an hour ahead, keeps it', () => {
  expect(headerAfter(['S=x;Expires=Sat, 07-Jun-2025 18:38:00 GMT;Path=/;Secure;HttpOnly;SameSite=Lax'])).toBe(
    'S=x',
  );
});

test.each([[''], [';'], ['=x'], ['novalue'], ['; S=1']])('%p is no cookie', (line) => {
  expect(headerAfter([line])).toBeUndefined();
});
