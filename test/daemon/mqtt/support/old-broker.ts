/** A broker of MQTT 3.1.1 alone, and what it does with a CONNECT of MQTT 5. */
import { createServer, type Socket } from 'node:net';
import mqttPacket from 'mqtt-packet';

export interface OldBroker extends AsyncDisposable {
  readonly port: number;
  /** The version in each CONNECT. */
  readonly versions: readonly number[];
}

/** @param granted Of a subscription: 128 refuses it. */
export async function startOldBroker(
  onFive: (socket: Socket) => void,
  granted: (filter: string) => number = () => 1,
): Promise<OldBroker> {
  const sockets = new Set<Socket>();
  const versions: number[] = [];
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => undefined);
    socket.on('close', () => sockets.delete(socket));
    const parser = mqttPacket.parser({ protocolVersion: 4 });
    const write = (packet: mqttPacket.Packet) => socket.write(mqttPacket.generate(packet));
    parser.on('error', () => socket.destroy());
    parser.on('packet', (packet) => {
      if (packet.cmd === 'connect') {
        versions.push(packet.protocolVersion ?? 0);
        if (packet.protocolVersion !== 4) onFive(socket);
        else write({ cmd: 'connack', returnCode: 0, sessionPresent: false });
      }
      const { messageId = 0 } = packet;
      if (packet.cmd === 'publish' && packet.qos === 1) write({ cmd: 'puback', messageId });
      if (packet.cmd === 'subscribe') {
        const filters = packet.subscriptions.map(({ topic }) => granted(topic));
        write({ cmd: 'suback', messageId, granted: filters });
      }
      if (packet.cmd === 'unsubscribe') write({ cmd: 'unsuback', messageId, granted: [] });
      if (packet.cmd === 'pingreq') write({ cmd: 'pingresp' });
      if (packet.cmd === 'disconnect') socket.end();
    });
    socket.on('data', (chunk) => parser.parse(chunk));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  return {
    port: address.port,
    versions,
    [Symbol.asyncDispose]: async () => {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
