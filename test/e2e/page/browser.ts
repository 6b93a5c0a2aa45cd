import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { chromium, type Browser } from 'playwright-core';
import { ROOT } from '../machine.js';

/**
 * The path of Chromium, which scripts/browser.sh installs where it may. undefined = there is none, and the reason
 * has been printed; an error where REQUIRE_BROWSER=1 wants the tests that need it.
 */
export function findBrowser(): string | undefined {
  const { status, stdout, stderr } = spawnSync('bash', [join(ROOT, 'scripts/browser.sh')], {
    encoding: 'utf8',
  });
  if (status === 0) return stdout.trim();
  const reason = stderr.trim().split('\n').pop() ?? 'no reason given';
  if (process.env['REQUIRE_BROWSER'] === '1') throw new Error(`no browser here: ${reason}`);
  process.stderr.write(`tests of the page in a browser are skipped: ${reason}\n`);
  return undefined;
}

/** Without a window. Chromium's sandbox does not work for root. */
export function launchBrowser(executablePath: string): Promise<Browser> {
  return chromium.launch({ executablePath, chromiumSandbox: process.getuid?.() !== 0 });
}
