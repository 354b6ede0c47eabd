/** When a reply is over. */
import type { ServerResponse } from 'node:http';

/**
 * Runs when a reply has been sent or never will be. Node reports nothing for a reply that
 * waits behind others (pipelining) when the connection closes: the socket does.
 */
export function onceClosed(out: ServerResponse, run: () => void): void {
  const socket = out.req.httpVersionMajor === 1 ? out.req.socket : undefined;
  let isOver = false;
  const closed = () => {
    // Node emits the reply's event while it emits the socket's, whose listeners all run.
    if (isOver) return;
    isOver = true;
    socket?.off('close', closed);
    out.off('close', closed);
    run();
  };
  socket?.once('close', closed);
  out.once('close', closed);
}
