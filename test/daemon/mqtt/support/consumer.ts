/** An MQTT client that records what it receives. */
import { connectAsync, type IClientOptions, type IPublishPacket, type MqttClient } from 'mqtt';

export interface Received {
  readonly topic: string;
  readonly text: string;
  readonly packet: IPublishPacket;
  readonly atMs: number;
}

export interface Consumer extends AsyncDisposable {
  readonly client: MqttClient;
  readonly received: Received[];
  /** What came on topics that end so, newest last, as JSON. */
  json(ending: string): Record<string, unknown>[];
  last(ending: string): Received | undefined;
}

/** Receives each message as it was published. */
export async function listen(
  port: number,
  filters: readonly string[],
  options: IClientOptions = {},
): Promise<Consumer> {
  const received: Received[] = [];
  const client = await connectAsync(`mqtt://127.0.0.1:${port}`, {
    protocolVersion: 5,
    reconnectPeriod: 100,
    ...options,
  });
  client.on('error', () => undefined);
  client.on('message', (topic, payload, packet) => {
    received.push({ topic, text: payload.toString(), packet, atMs: performance.now() });
  });
  const five = client.options.protocolVersion === 5;
  await client.subscribeAsync([...filters], { qos: 1, ...(five ? { rap: true } : {}) });
  return {
    client,
    received,
    json: (ending) =>
      received
        .filter(({ topic, text }) => topic.endsWith(ending) && text !== '')
        .map(({ text }) => JSON.parse(text) as Record<string, unknown>),
    last: (ending) => received.findLast(({ topic }) => topic.endsWith(ending)),
    [Symbol.asyncDispose]: async () => {
      await client.endAsync(true);
    },
  };
}
