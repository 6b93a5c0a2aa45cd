import { z } from 'zod';
import { VERSION } from '../../src/process/version.js';
import { repositoryFile } from '../source-tree.js';

test('the version is that of package.json', () => {
  const { version } = z.object({ version: z.string() }).parse(JSON.parse(repositoryFile('package.json')));
  expect(VERSION).toBe(version);
});
