/** Stands between a box and its broker, and is as bad as brokers and networks can be. */
import { randomBytes } from 'node:crypto';
import { connect, createServer, type Socket } from 'node:net';

export type Mood =
  | 'well'
  /** Connections stay open, and nothing passes. */
  | 'stalls'
  /** Each connection is reset, and each new one too. */
  | 'resets'
  /** It answers bytes that are no MQTT. */
  | 'garbage'
  /** It accepts connections and never answers. */
  | 'mute';

export interface BrokerProxy extends AsyncDisposable {
  readonly port: number;
  setMood(mood: Mood): void;
  /** Connections of the box that are open now. */
  open(): number;
}

export async function openBrokerProxy(brokerPort: number): Promise<BrokerProxy> {
  const pairs = new Map<Socket, Socket | undefined>();
  let mood: Mood = 'well';
  const server = createServer((near) => {
    near.on('error', () => undefined);
    near.once('close', () => {
      pairs.get(near)?.destroy();
      pairs.delete(near);
    });
    pairs.set(near, undefined);
    if (mood === 'well') join(near);
    else spoil(near);
  });
  const join = (near: Socket) => {
    const far = connect(brokerPort, '127.0.0.1');
    pairs.set(near, far);
    far.on('error', () => near.destroy());
    far.once('close', () => near.destroy());
    near.pipe(far);
    far.pipe(near);
  };
  const spoil = (near: Socket) => {
    const far = pairs.get(near);
    if (far !== undefined) {
      near.unpipe(far);
      far.unpipe(near);
    }
    if (mood === 'resets') near.resetAndDestroy();
    else if (mood === 'garbage') near.resume().write(randomBytes(4_096));
    else if (mood === 'mute') near.resume();
    else near.pause();
  };
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    port: (server.address() as { port: number }).port,
    open: () => pairs.size,
    setMood: (next) => {
      mood = next;
      for (const near of pairs.keys()) {
        // What was cut in the middle of a packet cannot go on.
        if (mood === 'well') near.destroy();
        else spoil(near);
      }
    },
    [Symbol.asyncDispose]: async () => {
      for (const near of pairs.keys()) near.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
