/** Requests and event streams for tests of the operator's server. */
import { type IncomingMessage, request } from 'node:http';
import type { Hello } from '../../../../daemon/web/protocol.ts';
import { until } from '../../../support/box.ts';
import { OWN_PAGE } from '../../../support/operator.ts';

export interface Reply {
  readonly status: number;
  readonly headers: IncomingMessage['headers'];
  readonly text: string;
}

/** A plain request: `fetch` does not allow own Host and Origin headers. */
export function ask(
  url: string,
  method: string,
  headers: Readonly<Record<string, string>> = {},
  body?: unknown,
): Promise<Reply> {
  return new Promise((resolve, reject) => {
    const asking = request(url, { method, headers, agent: false }, (response) => {
      let text = '';
      response.setEncoding('utf8').on('data', (chunk: string) => {
        text += chunk;
      });
      response.once('end', () =>
        resolve({ status: response.statusCode ?? 0, headers: response.headers, text }),
      );
    });
    asking.once('error', reject);
    asking.end(body === undefined ? undefined : JSON.stringify(body));
  });
}

/** Sends a PIN as the page does. */
export function sendPin(url: string, pin: string): Promise<Reply> {
  return ask(`${url}/session`, 'POST', OWN_PAGE, { pin });
}

export interface EventReader extends Disposable {
  readonly status: number;
  /** Received so far. */
  readonly events: readonly { readonly name: string; readonly data: unknown }[];
  readonly bytes: number;
  readonly isEnded: boolean;
  /** Stops reading, like a phone that lost its network. */
  pause(): void;
  resume(): void;
}

/** Opens `/events`. */
export function openEvents(url: string, cookie: string): Promise<EventReader> {
  return new Promise((resolve, reject) => {
    const asking = request(`${url}/events`, { headers: { cookie }, agent: false }, (response) => {
      const events: { name: string; data: unknown }[] = [];
      let rest = '';
      let bytes = 0;
      let isEnded = false;
      response.on('error', () => undefined);
      response.once('close', () => {
        isEnded = true;
      });
      response.setEncoding('utf8').on('data', (chunk: string) => {
        bytes += Buffer.byteLength(chunk);
        const frames = (rest + chunk).split('\n\n');
        rest = frames.pop() ?? '';
        for (const frame of frames) {
          const [, name, data] = /event: (\w+)\ndata: (.*)$/.exec(frame) ?? [];
          if (name !== undefined) events.push({ name, data: JSON.parse(data ?? '') });
        }
      });
      resolve({
        status: response.statusCode ?? 0,
        events,
        get bytes() {
          return bytes;
        },
        get isEnded() {
          return isEnded;
        },
        pause: () => response.pause(),
        resume: () => response.resume(),
        [Symbol.dispose]: () => asking.destroy(),
      });
    });
    asking.once('error', reject);
    asking.end();
  });
}

/** The first event of a stream. */
export async function helloOf(page: EventReader): Promise<Hello> {
  await until(() => page.events.length > 0, 5_000);
  const [first] = page.events;
  if (first?.name !== 'hello') throw new Error(`the first event is ${first?.name}`);
  return first.data as Hello;
}
