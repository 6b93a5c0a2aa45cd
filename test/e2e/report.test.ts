import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DOCKER_MACHINE, ROOT } from './machine.js';
import { start } from './run.js';

jest.setTimeout(1_500_000);

const wanted = process.env['REQUIRE_CONTAINER_GUESTS'] === '1' && process.getuid?.() === 0;
if (!wanted)
  process.stderr.write(
    'the report is skipped: it takes minutes and root, and REQUIRE_CONTAINER_GUESTS=1 asks for it\n',
  );

/** `make report`: real docker-machine, engines, swarm, WordPress and MariaDB; the script itself checks each step. */
(wanted ? describe : describe.skip)('the practice report', () => {
  test('is done from its first page to its last, and nothing is left', async () => {
    const temporary = mkdtempSync(join(tmpdir(), 'report-'));
    try {
      const env = { PATH: process.env['PATH'], HOME: temporary, TMPDIR: temporary, DOCKER_MACHINE };
      const { code, output } = await start('bash', [join(ROOT, 'scripts', 'report.sh')], {
        env,
        limit: 1_400_000,
      }).outcome;
      expect({ code, output }).toMatchObject({ code: 0 });
      expect(output).toMatch(/^wpdb .* ext4 +VM "agent-[12]"/m);
      expect(output).toContain('the post is there');
      expect(output).toMatch(/^Done in \d+ s\.$/m);
      expect(readdirSync(temporary).filter((name) => name.startsWith('nutanix-report'))).toEqual([]);
    } finally {
      rmSync(temporary, { recursive: true, force: true });
    }
  });
});
