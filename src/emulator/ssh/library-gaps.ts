import type { Session, SFTPWrapper } from 'ssh2';
import { z } from 'zod';

/**
 * ssh2 recognizes its own Session by the class's name, which a minifier takes away; without it, a client that
 * leaves between opening a session and asking for a program would end the whole process.
 */
export function restoreClassName(session: Session): void {
  if (session.constructor.name !== 'Session') {
    Object.defineProperty(session.constructor, 'name', { value: 'Session', configurable: true });
  }
}

const sendsExitStatus = z.object({
  outgoing: z.object({ id: z.number(), state: z.literal('open') }),
  _protocol: z.custom<{ exitStatus(channel: number, status: number): void }>(
    (value) => typeof value === 'object' && value !== null && 'exitStatus' in value,
  ),
});

/**
 * Ends an SFTP session as sshd does, with exit status 0. ssh2 only closes the channel, and scp takes a
 * channel without status for a failure.
 */
export function endSftp(sftp: SFTPWrapper): void {
  const internals = sendsExitStatus.safeParse(sftp);
  if (internals.success) internals.data._protocol.exitStatus(internals.data.outgoing.id, 0);
  sftp.end();
}
