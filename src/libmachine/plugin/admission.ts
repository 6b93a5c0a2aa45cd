import { poll, type Clock, type Probed } from '../../support/index.js';
import { peerUser, type ConnectionEnds, type PeerUser } from '../../process/index.js';

/** The kernel's table is not read in one piece, so a row can be missed: number of reads, and the pause between them, ms. */
const ATTEMPTS = 4;
const PAUSE = 15;
const ROOT = 0;

/**
 * Decides whether a connection may speak to the plugin: undefined = it may, otherwise the reason why not.
 *
 * The port is open to every local user, and what the plugin answers (GetConfigRaw) holds credentials. So on
 * Linux only our own user and root are let in. Where the system does not tell who connects, every user of this
 * machine is let in, as with any other driver. A peer without a socket in the tables is refused: either it has
 * gone, or it hides.
 */
export async function peerRefusal(
  ends: ConnectionEnds,
  clock: Clock,
  ownUid: number | undefined = process.getuid?.(),
  lookUp: (ends: ConnectionEnds) => PeerUser = peerUser,
): Promise<string | undefined> {
  const probe = (attempt: number): Promise<Probed<PeerUser>> => {
    const user = lookUp(ends);
    const isOver = user !== 'gone' || ownUid === undefined || attempt === ATTEMPTS;
    return Promise.resolve(isOver ? { ready: true, value: user } : { ready: false });
  };
  const user = await poll(probe, { clock, delays: () => PAUSE });
  if (user === 'hidden' || ownUid === undefined) return undefined;
  if (user === 'gone') return 'its owner could not be found';
  const isAllowed = user.uid === ownUid || user.uid === ROOT;
  return isAllowed ? undefined : `it belongs to the user with the id ${user.uid}, not ${ownUid}`;
}
