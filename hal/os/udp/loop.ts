/** One turn for all UDP sockets of this process: all receive, then all send. */
import { MESSAGES } from './messages.ts';

/**
 * Pause between turns. Shorter costs CPU, longer delays packets: at 6 Mbit/s a turn takes
 * three of them.
 */
const TURN_MS = 5;
/** And after so many turns without a datagram. */
const IDLE_TURNS = 50;
const IDLE_TURN_MS = 15;

export interface Turning {
  /** @returns how many datagrams came in. */
  receive(): number;
  flush(): void;
}

const sockets = new Set<Turning>();
let timer: NodeJS.Timeout | undefined;
let idleTurns = 0;

/** From now on the socket has its turns. */
export function join(socket: Turning): void {
  sockets.add(socket);
  idleTurns = 0;
  timer ??= setTimeout(turn, TURN_MS);
}

export function leave(socket: Turning): void {
  sockets.delete(socket);
  if (sockets.size > 0) return;
  clearTimeout(timer);
  timer = undefined;
}

function turn(): void {
  // For the case that a callback throws.
  timer = setTimeout(turn, TURN_MS);
  let most = 0;
  for (const socket of sockets) most = Math.max(most, socket.receive());
  for (const socket of sockets) socket.flush();
  idleTurns = most > 0 ? 0 : idleTurns + 1;
  if (sockets.size === 0 || (most < MESSAGES && idleTurns < IDLE_TURNS)) return;
  clearTimeout(timer);
  timer = setTimeout(turn, most < MESSAGES ? IDLE_TURN_MS : 0);
}
