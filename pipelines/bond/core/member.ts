/** A link as the registration knows it: in the group or not, and when it asks and gets a new socket. */

/**
 * A link that is out gets a new socket, and so a new port, after this long, then after
 * twice as long each time: its address translation may have lost it, its address or the
 * receiver's may have changed.
 */
export const RENEW_MS = 3000;
const MAX_RENEW_MS = 60_000;

export interface Member {
  readonly isIn: boolean;
  readonly nextReg2Ms: number;
  /** When it gets a new socket unless it is in by then, and the pause after that. */
  readonly renewAtMs: number;
  readonly renewPauseMs: number;
}

/** A link that has a socket and is not in the group. A new socket keeps its pauses. */
export function opened(before: Member | undefined, nowMs: number): Member {
  const isOut = before !== undefined && !before.isIn;
  return {
    isIn: false,
    nextReg2Ms: nowMs,
    renewAtMs: isOut ? before.renewAtMs : nowMs + RENEW_MS,
    renewPauseMs: isOut ? before.renewPauseMs : 2 * RENEW_MS,
  };
}

export function renewed(member: Member, nowMs: number): Member {
  return {
    ...member,
    renewAtMs: nowMs + member.renewPauseMs,
    renewPauseMs: Math.min(MAX_RENEW_MS, 2 * member.renewPauseMs),
  };
}
