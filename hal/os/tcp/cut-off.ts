/** Ends a connection of HTTP/1.1 in the midst of what has come by it. */
import type { Socket } from 'node:net';

interface ParsedSocket extends Socket {
  /** Node's own: without it, or with another one, all is as slow as `destroy` alone. */
  readonly parser?: { onIncoming?: () => number } | null;
}

/** Of llhttp, by lib/_http_common.js (`parserOnHeadersComplete`): what follows is another protocol. */
const UPGRADED = 2;

/**
 * What has come by it is not read any further. Node begins all requests of a chunk of 64 KB in one turn
 * of the event loop, 2,300 of them, also where the socket is destroyed at the fifth.
 */
export function ignoreRest(socket: Socket): void {
  const { parser } = socket as ParsedSocket;
  if (parser) parser.onIncoming = () => UPGRADED;
}

export function cutOff(socket: Socket): void {
  ignoreRest(socket);
  socket.destroy();
}
