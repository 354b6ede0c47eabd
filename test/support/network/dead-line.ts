/** A line to a server that can go dead, as Wi-Fi does: nothing is refused, nothing arrives. */
import { connect, createServer, type Socket } from 'node:net';
import { freePort } from '../free-port.ts';

export interface DeadLine extends AsyncDisposable {
  readonly url: string;
  /** Nothing passes in either direction until it is alive again. */
  setDead(isDead: boolean): void;
}

export async function openDeadLine(serverUrl: string): Promise<DeadLine> {
  const target = new URL(serverUrl);
  const port = await freePort();
  const sockets = new Set<Socket>();
  /** Connections that were opened meanwhile. */
  let waiting: Socket[] = [];
  let isDead = false;
  const keep = (socket: Socket, other: () => Socket | undefined) => {
    sockets.add(socket);
    socket.on('error', () => socket.destroy());
    // A pipe resumes its source when the other end has read.
    socket.on('resume', () => {
      if (isDead) socket.pause();
    });
    socket.on('close', () => {
      sockets.delete(socket);
      other()?.destroy();
    });
  };
  const join = (client: Socket) => {
    const server = connect(Number(target.port), target.hostname);
    keep(server, () => client);
    client.on('close', () => server.destroy());
    client.pipe(server);
    server.pipe(client);
    if (isDead) for (const socket of [client, server]) socket.pause();
  };
  const listener = createServer((client) => {
    keep(client, () => undefined);
    if (isDead) waiting.push(client);
    else join(client);
  });
  await new Promise<void>((resolve) => listener.listen(port, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${port}`,
    setDead: (isDeadNow) => {
      isDead = isDeadNow;
      for (const socket of sockets) {
        if (isDead) socket.pause();
        else if (!waiting.includes(socket)) socket.resume();
      }
      if (isDead) return;
      const opened = waiting.filter((socket) => !socket.destroyed);
      waiting = [];
      for (const client of opened) join(client);
    },
    [Symbol.asyncDispose]: async () => {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => listener.close(resolve));
    },
  };
}
