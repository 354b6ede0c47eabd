/**
 * Opens pages in Firefox by Marionette, the protocol that it speaks itself: frames of
 * `length:JSON` over TCP.
 *
 * https://firefox-source-docs.mozilla.org/testing/marionette/Protocol.html
 */
import { existsSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { connect, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { until } from '../box.ts';
import { freePort } from '../free-port.ts';
import { startProgram } from '../program.ts';
import { asyncScript, type OtherBrowser } from './other-browser.ts';

const FIREFOX = '/usr/bin/firefox-esr';
const SCRIPT_TIMEOUT_MS = 120_000;

export function hasFirefox(): boolean {
  return existsSync(FIREFOX);
}

/** Headless, with a profile of its own. */
export async function openFirefox(): Promise<OtherBrowser> {
  const profile = await mkdtemp(join(tmpdir(), 'venuebox-firefox-'));
  const port = await freePort();
  const preferences = {
    'marionette.port': port,
    'media.autoplay.default': 0,
    'app.normandy.enabled': false,
    'browser.shell.checkDefaultBrowser': false,
    'datareporting.policy.dataSubmissionEnabled': false,
    'network.captive-portal-service.enabled': false,
    'network.connectivity-service.enabled': false,
  };
  const lines = Object.entries(preferences).map(
    ([name, value]) => `user_pref(${JSON.stringify(name)}, ${JSON.stringify(value)});`,
  );
  await writeFile(join(profile, 'user.js'), lines.join('\n'));
  const browser = startProgram(FIREFOX, ['--headless', '--marionette', '--profile', profile]);
  const marionette = await openMarionette(port, browser.output);
  await marionette.send('WebDriver:NewSession', {
    capabilities: { alwaysMatch: { timeouts: { script: SCRIPT_TIMEOUT_MS } } },
  });
  return {
    open: async (url) => {
      await marionette.send('WebDriver:Navigate', { url });
    },
    evaluate: async (expression) => {
      const script = asyncScript(expression);
      const reply = await marionette.send('WebDriver:ExecuteAsyncScript', { script, args: [] });
      return (reply as { readonly value: unknown }).value;
    },
    [Symbol.asyncDispose]: async () => {
      marionette.close();
      await browser[Symbol.asyncDispose]();
      await rm(profile, { recursive: true, force: true, maxRetries: 3 });
    },
  };
}

interface Marionette {
  send(name: string, parameters: object): Promise<unknown>;
  close(): void;
}

async function openMarionette(port: number, explain: () => string): Promise<Marionette> {
  const opened: { socket?: Socket } = {};
  await until(
    async () => {
      opened.socket = await connected(port);
      return true;
    },
    60_000,
    explain,
  );
  const { socket } = opened;
  if (socket === undefined) throw new Error('not connected');
  const waiting = new Map<number, (error: unknown, result: unknown) => void>();
  const frames = new FrameReader();
  let sent = 0;
  socket.on('data', (data: Buffer) => {
    for (const frame of frames.push(data)) {
      if (!Array.isArray(frame)) continue;
      const [, id, error, result] = frame as [number, number, unknown, unknown];
      waiting.get(id)?.(error, result);
      waiting.delete(id);
    }
  });
  return {
    send: (name, parameters) =>
      new Promise((resolve, reject) => {
        sent += 1;
        waiting.set(sent, (error, result) =>
          error === null ? resolve(result) : reject(new Error(JSON.stringify(error))),
        );
        const body = JSON.stringify([0, sent, name, parameters]);
        socket.write(`${Buffer.byteLength(body)}:${body}`);
      }),
    close: () => socket.destroy(),
  };
}

/** Rejects while Firefox does not listen yet. */
function connected(port: number): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const socket = connect(port, '127.0.0.1', () => resolve(socket));
    socket.once('error', reject);
  });
}

class FrameReader {
  #rest = Buffer.alloc(0);

  push(data: Buffer): readonly unknown[] {
    this.#rest = Buffer.concat([this.#rest, data]);
    const frames: unknown[] = [];
    for (;;) {
      const colon = this.#rest.indexOf(':');
      const end = colon + 1 + Number(this.#rest.subarray(0, Math.max(0, colon)).toString());
      if (colon < 0 || this.#rest.length < end) return frames;
      frames.push(JSON.parse(this.#rest.subarray(colon + 1, end).toString()));
      this.#rest = this.#rest.subarray(end);
    }
  }
}
