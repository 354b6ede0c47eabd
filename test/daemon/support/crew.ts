/** What a crew has in its hands for a box of a test: the page, its simulated buttons and switches, and MQTT. */
import { createHmac, randomUUID } from 'node:crypto';
import { connect } from 'node:net';
import type { Outcome, Verb } from '../../../daemon/model/commands.ts';
import type { BoxSnapshot } from '../../../daemon/model/snapshot.ts';
import { type Box, until } from '../../support/box.ts';
import { OWN_PAGE, signIn } from '../../support/operator.ts';
import { type Consumer, listen } from '../mqtt/support/consumer.ts';

export interface Crew extends AsyncDisposable {
  /** All that the box publishes. */
  readonly broker: Consumer;
  state(): Promise<BoxSnapshot>;
  /** Presses a button for a moment. */
  tap(button: 'drop' | 'mark'): Promise<void>;
  /** Plugs a simulated device in or out. */
  plug(name: string, isOn: boolean): Promise<void>;
  /** As the buttons of the page. */
  onPage(verb: Verb, args?: object): Promise<Outcome>;
  /** By MQTT; resolves with the last reply. */
  byMqtt(verb: Verb, args?: object): Promise<Record<string, unknown>>;
}

const PATIENCE_MS = 180_000;
const OVER: readonly unknown[] = ['done', 'rejected', 'expired', 'failed'];

/** @param port Of the box's own broker. */
export async function openCrew(box: Box, name: string, port: number): Promise<Crew> {
  const root = `venuebox/v1/${name}`;
  let cookie = '';
  await until(
    async () => {
      cookie = await signIn(box.operatorUrl);
      return true;
    },
    PATIENCE_MS,
    box.output,
  );
  const broker = await listen(port, [`${root}/#`], { protocolVersion: 4 });
  // A command before the box has subscribed would reach nobody.
  const isOnline = () => broker.last('/availability')?.text === 'online';
  await until(isOnline, PATIENCE_MS, box.output);
  const headers = { ...OWN_PAGE, cookie };
  const post = async (path: string, body: object) => {
    const init = { method: 'POST', headers, body: JSON.stringify(body) };
    const response = await fetch(`${box.operatorUrl}${path}`, init);
    if (!response.ok) throw new Error(`${path}: ${response.status} ${await response.text()}`);
    return (await response.json()) as unknown;
  };
  return {
    broker,
    state: () => box.state<BoxSnapshot>(),
    tap: (button) => {
      const steps = ['press', 'release'].map((one) => JSON.stringify({ do: one, button }));
      return pipeline(box.operatorUrl, '/panel', headers, steps);
    },
    plug: async (device, isOn) => void (await post('/panel', { do: 'switch', name: device, isOn })),
    onPage: async (verb, args = {}) => (await post('/command', { verb, args })) as Outcome,
    byMqtt: async (verb, args = {}) => {
      const id = randomUUID();
      const text = JSON.stringify({ id, args, ts: new Date().toISOString() });
      await broker.client.publishAsync(`${root}/cmd/${verb}`, text, { qos: 1 });
      const reply = () =>
        broker.json('/reply').find((one) => one['id'] === id && OVER.includes(one['status']));
      await until(() => reply() !== undefined, PATIENCE_MS, box.output);
      return reply() ?? {};
    },
    [Symbol.asyncDispose]: () => broker[Symbol.asyncDispose](),
  };
}

/** All at once on one connection: however busy the machine is, the box gets them together. */
function pipeline(
  url: string,
  path: string,
  headers: Readonly<Record<string, string>>,
  bodies: readonly string[],
): Promise<void> {
  const { hostname, port } = new URL(url);
  return new Promise((resolve, reject) => {
    const socket = connect(Number(port), hostname);
    let text = '';
    socket.setEncoding('latin1').on('data', (more: string) => {
      text += more;
      if (text.split('HTTP/1.1 200').length <= bodies.length) return;
      socket.destroy();
      resolve();
    });
    socket.once('error', reject);
    socket.once('end', () => reject(new Error(`${path}: ${text}`)));
    const fields = Object.entries(headers).map(([key, value]) => `${key}: ${value}\r\n`);
    for (const body of bodies) {
      const length = `content-length: ${Buffer.byteLength(body)}\r\n`;
      socket.write(
        `POST ${path} HTTP/1.1\r\nhost: ${hostname}:${port}\r\n${fields.join('')}${length}\r\n${body}`,
      );
    }
  });
}

/** Sends a paid order as a web shop does, signed by Standard Webhooks. */
export async function sendPaidOrder(
  url: string,
  key: Buffer,
  data: Readonly<Record<string, unknown>>,
): Promise<Record<string, unknown>> {
  const sent = new Date();
  const body = JSON.stringify({ type: 'order.paid', timestamp: sent.toISOString(), data });
  const id = randomUUID();
  const timestamp = `${Math.floor(sent.getTime() / 1000)}`;
  const mac = createHmac('sha256', key).update(`${id}.${timestamp}.${body}`).digest('base64');
  const headers = {
    'webhook-id': id,
    'webhook-timestamp': timestamp,
    'webhook-signature': `v1,${mac}`,
  };
  const response = await fetch(`${url}/orders/webhook`, { method: 'POST', headers, body });
  return { http: response.status, ...((await response.json()) as object) };
}
