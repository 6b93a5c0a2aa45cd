import { PassThrough } from 'node:stream';
import { daemonLog } from '../../../src/simulator/command-line/daemon-log.js';
import type { LogSettings } from '../../../src/simulator/command-line/settings.js';

function written(settings: LogSettings): string[] {
  const stream = new PassThrough({ encoding: 'utf8' });
  const logger = daemonLog(settings, stream);
  logger.debug('GET /api 200');
  logger.info('removed 3 things');
  logger.warn('a "fault" of the\nsimulator');
  const text: unknown = stream.read() ?? '';
  return (typeof text === 'string' ? text : '').split('\n').slice(0, -1);
}

const TIME = String.raw`\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z`;

test('text: time, level and line, from the level on', () => {
  expect(written({ level: 'info', format: 'text' })).toEqual([
    expect.stringMatching(new RegExp(`^${TIME} info removed 3 things$`)),
    expect.stringMatching(new RegExp(`^${TIME} warn a "fault" of the$`)),
    'simulator',
  ]);
});

test('json: one object a line, whatever the line holds', () => {
  const entries = written({ level: 'debug', format: 'json' }).map((line): unknown => JSON.parse(line));
  const timestamp: unknown = expect.stringMatching(new RegExp(`^${TIME}$`));
  expect(entries).toEqual([
    { timestamp, level: 'debug', message: 'GET /api 200' },
    { timestamp, level: 'info', message: 'removed 3 things' },
    { timestamp, level: 'warn', message: 'a "fault" of the\nsimulator' },
  ]);
});

test('error: nothing of these', () => {
  expect(written({ level: 'error', format: 'text' })).toEqual([]);
});
