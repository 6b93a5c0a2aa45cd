import { errorsLayer } from '../../../src/prism/http/errors.js';
import { mayHaveHappened, refusalBehind } from '../../../src/prism/http/failure.js';
import { parseJson } from '../../../src/prism/http/parse.js';
import { rejection } from '../fixtures.js';
import { call, reply, scripted } from './calls.js';

const read = (text: string): { reasons: string[]; text: string } => ({
  reasons: text === '' ? [] : ['R'],
  text,
});
const layer = errorsLayer(read);

describe('errors', () => {
  test.each([
    [302, 'unexpected-response', false],
    [400, 'invalid-input', false],
    [401, 'unauthenticated', false],
    [403, 'permission-denied', false],
    [404, 'not-found', false],
    [405, 'unsupported', false],
    [408, 'unexpected-response', true],
    [409, 'conflict', false],
    [412, 'conflict', false],
    [422, 'invalid-input', false],
    [429, 'rate-limited', false],
    [500, 'unavailable', true],
    [501, 'unsupported', false],
    [503, 'unavailable', true],
    [599, 'unavailable', true],
  ])('HTTP %i is %s', async (status, code, happened) => {
    const error = await rejection(layer(scripted(reply(status, { body: 'words' })))(call()));
    expect(error).toMatchObject({ code, attempted: 'test something' });
    expect(refusalBehind(error)).toMatchObject({ status, reasons: ['R'], text: 'words' });
    expect(mayHaveHappened(error)).toBe(happened);
  });

  test.each([200, 201, 202, 204])('HTTP %i is a success', async (status) => {
    expect(await layer(scripted(reply(status)))(call())).toMatchObject({ status });
  });

  test('an empty error body is an error all the same', async () => {
    const error = await rejection(layer(scripted(reply(500)))(call()));
    expect(String(error)).toContain('Prism Central answered HTTP 500: no explanation was given');
  });

  test('a 404 without a reason says nothing of the entity', async () => {
    const error = await rejection(layer(scripted(reply(404)))(call()));
    expect(error).toMatchObject({ code: 'unsupported' });
    expect(String(error)).toContain('Check that the endpoint is a Prism Central');
  });

  test('a redirect names where it leads', async () => {
    const moved = reply(307, { headers: { location: 'https://other/' } });
    expect(String(await rejection(layer(scripted(moved))(call())))).toContain('HTTP 307 to https://other/');
  });
});

describe('JSON', () => {
  test.each([
    ['{"a":1}', { a: 1 }],
    ['null', null],
    ['', undefined],
    [' \n', undefined],
  ])('%p is read as %p', async (body, json) => {
    expect(await parseJson(scripted(reply(200, { body })))(call())).toMatchObject({ status: 200, json });
  });

  test.each(['<html>', '{"a":', 'NaN'])('%p is an unexpected answer', async (body) => {
    const error = await rejection(parseJson(scripted(reply(200, { body })))(call()));
    expect(error).toMatchObject({ code: 'unexpected-response' });
    expect(String(error)).toContain(`it starts with "${body}"`);
  });
});
