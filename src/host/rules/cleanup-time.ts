/**
 * The time that the clean-up after a failed create has for itself, ms: the operation's own is over, or was ended, when it
 * begins. Long enough for a create that is still under way to end and for a delete (some seconds each) on a busy cluster.
 */
export const CLEANUP_TIME = 120_000;
