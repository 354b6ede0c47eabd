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
let pauseMs = TURN_MS;
let idleTurns = 0;

/** From now on the socket has its turns. */
export function join(socket: Turning): void {
  sockets.add(socket);
  idleTurns = 0;
  if (timer === undefined) wait(TURN_MS);
}

export function leave(socket: Turning): void {
  sockets.delete(socket);
  if (sockets.size > 0) return;
  clearTimeout(timer);
  timer = undefined;
}

/**
 * Calls back in each turn, once the sockets that joined before have received, and before any
 * sends: work with a pause of its own would wake the process once more.
 *
 * @returns what ends it.
 */
export function onEachTurn(callback: () => void): () => void {
  const turning: Turning = {
    receive: () => {
      callback();
      return 0;
    },
    flush: () => undefined,
  };
  join(turning);
  return () => leave(turning);
}

function turn(): void {
  // For the case that a callback throws.
  timer?.refresh();
  let most = 0;
  for (const socket of sockets) most = Math.max(most, socket.receive());
  for (const socket of sockets) socket.flush();
  idleTurns = most > 0 ? 0 : idleTurns + 1;
  if (sockets.size > 0)
    wait(most >= MESSAGES ? 0 : idleTurns < IDLE_TURNS ? TURN_MS : IDLE_TURN_MS);
}

/** A timer is refreshed rather than replaced. */
function wait(ms: number): void {
  if (timer !== undefined && ms === pauseMs) return;
  clearTimeout(timer);
  pauseMs = ms;
  timer = setTimeout(turn, ms);
}
