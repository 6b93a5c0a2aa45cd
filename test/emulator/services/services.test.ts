import type { GuestSystem } from '../../../src/emulator/guest/guest-system.js';
import { run, runningSystem } from '../running-system.js';

let system: GuestSystem;
let power: string[];
beforeEach(() => ({ system, power } = runningSystem()));

async function unit(name: string, text: string): Promise<void> {
  await run(system, `cat > /etc/systemd/system/${name}.service`, 'root', text);
}

test('a drop-in replaces the command after daemon-reload, not before', async () => {
  await unit('hello', '[Service]\nType=oneshot\nExecStart=/bin/sh -c "echo one > /tmp/said"\n');
  await run(system, 'systemctl start hello');
  await run(system, 'mkdir -p /etc/systemd/system/hello.service.d');
  await run(
    system,
    'printf "[Service]\\nExecStart=\\nExecStart=/bin/sh -c \\"echo two > /tmp/said\\"\\n" > /etc/systemd/system/hello.service.d/10-x.conf',
  );
  const early = await run(system, 'systemctl start hello; cat /tmp/said');
  expect(early.out).toBe('one\n');
  expect(early.err).toContain("Run 'systemctl daemon-reload'");
  expect((await run(system, 'systemctl daemon-reload; systemctl start hello; cat /tmp/said')).out).toBe(
    'two\n',
  );
});

test('environment, is-active, is-enabled, enable, disable', async () => {
  await unit(
    'env',
    '[Service]\nType=oneshot\nRemainAfterExit=yes\nEnvironment="A=1 2" B=3\nExecStart=/bin/sh -c "echo $A-$B > /tmp/env"\n[Install]\nWantedBy=multi-user.target\n',
  );
  const { out } = await run(
    system,
    'systemctl is-active env; systemctl is-enabled env; systemctl enable --now env 2>/dev/null; systemctl is-active env; systemctl is-enabled env; cat /tmp/env; systemctl disable env 2>/dev/null; systemctl is-enabled env',
  );
  expect(out).toBe('inactive\ndisabled\nactive\nenabled\n1 2-3\ndisabled\n');
});

test('what runs already is not started again', async () => {
  await unit(
    'once',
    '[Service]\nType=oneshot\nRemainAfterExit=yes\nExecStart=/bin/sh -c "echo x >> /tmp/n"\n',
  );
  await run(system, 'systemctl start once; systemctl start once');
  expect((await run(system, 'wc -l < /tmp/n; systemctl restart once; wc -l < /tmp/n')).out).toBe('1\n2\n');
});

test('a failing service says so and stays failed', async () => {
  await unit('bad', '[Service]\nExecStart=/usr/bin/nosuch\n');
  const ran = await run(
    system,
    'systemctl start bad; echo $?; systemctl is-failed bad; systemctl status bad; echo $?',
  );
  expect(ran.err).toContain('Job for bad.service failed because the control process exited with error code.');
  expect(ran.out).toMatch(/^1\nfailed\n× bad\.service/);
  expect(ran.out).toMatch(/Unable to locate executable '\/usr\/bin\/nosuch'[^]*\n3\n$/);
});

test('a program that ends by itself leaves the service dead', async () => {
  await unit('short', '[Service]\nExecStart=/bin/sleep 1\n');
  await run(system, 'systemctl start short; sleep 5');
  expect((await run(system, 'systemctl is-active short')).out).toBe('inactive\n');
});

test('a masked service does not start', async () => {
  await unit('env', '[Service]\nExecStart=/bin/true\n');
  await run(system, 'rm /etc/systemd/system/env.service; systemctl mask ssh');
  const ran = await run(system, 'systemctl start ssh');
  expect(ran.status).toBe(1);
  expect(ran.err).toContain('is masked');
  expect(
    (await run(system, 'systemctl unmask ssh && systemctl start ssh && systemctl is-active sshd')).out,
  ).toBe('active\n');
});

test('units that do not exist', async () => {
  expect(await run(system, 'systemctl start nosuch')).toMatchObject({
    status: 5,
    err: 'Failed to start nosuch.service: Unit nosuch.service not found.\n',
  });
  expect(await run(system, 'systemctl status nosuch')).toMatchObject({ status: 4 });
});

test('power verbs reach the power switch', async () => {
  await run(system, 'shutdown -r now; systemctl poweroff; reboot; shutdown -h now');
  expect(power).toEqual(['reboot', 'off', 'reboot', 'off']);
});

test('journalctl shows what a service wrote', async () => {
  await unit('say', '[Service]\nType=oneshot\nExecStart=/bin/echo said so\n');
  expect((await run(system, 'systemctl start say; journalctl -u say --no-pager')).out).toMatch(
    /say: said so\n/,
  );
});
