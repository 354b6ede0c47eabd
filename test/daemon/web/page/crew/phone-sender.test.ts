/** A phone as the camera, in its browser: when it says that it sends, and that it does not any more. */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { NotReached, sendFromHere } from '../../../../../daemon/web/page/crew/phone-sender.ts';

const test = suite('a phone’s connection');

/** Of a browser: the test says what becomes of it. */
class Connection extends EventTarget {
  connectionState = 'new';
  readonly localDescription = { sdp: 'v=0' };
  readonly getConfiguration = () => ({});
  readonly setLocalDescription = async () => undefined;
  readonly setRemoteDescription = async () => undefined;
  readonly close = () => undefined;

  become(state: string): void {
    this.connectionState = state;
    this.dispatchEvent(new Event('connectionstatechange'));
  }
}

const moment = () => new Promise((resolve) => setImmediate(resolve));

/** Sends in a browser whose time passes a hundred times as fast. */
async function sending(
  act: (connection: Connection, seen: { sendingTotal: number }) => void | Promise<void>,
): Promise<{ readonly ended: unknown; readonly sendingTotal: number }> {
  const connection = new Connection();
  const realTimeout = globalThis.setTimeout;
  const browser = {
    location: new URL('https://box.test/'),
    RTCPeerConnection: function OfBrowser() {
      return connection;
    },
    fetch: async () => new Response('v=0', { status: 201, headers: { Location: '/whip/a' } }),
    setTimeout: (run: () => void, ms = 0) => realTimeout(run, ms / 100),
  };
  const before = Object.keys(browser).map(
    (name) => [name, Object.getOwnPropertyDescriptor(globalThis, name)] as const,
  );
  for (const [name, value] of Object.entries(browser)) {
    Object.defineProperty(globalThis, name, { value, configurable: true, writable: true });
  }
  const seen = { sendingTotal: 0 };
  try {
    const stream = { getTracks: () => [] } as unknown as MediaStream;
    const onSending = () => {
      seen.sendingTotal += 1;
    };
    const to = { path: '/whip', token: 'secret' };
    const ended = sendFromHere(to, stream, onSending, new AbortController().signal).then(
      () => 'ended',
      (error: unknown) => error,
    );
    for (let i = 0; i < 10; i += 1) await moment();
    await act(connection, seen);
    return { ended: await ended, sendingTotal: seen.sendingTotal };
  } finally {
    for (const [name, descriptor] of before) {
      if (descriptor === undefined) Reflect.deleteProperty(globalThis, name);
      else Object.defineProperty(globalThis, name, descriptor);
    }
  }
}

test('it does not say that it sends where the box has answered and nothing gets through', async () => {
  for (const state of ['connecting', 'failed']) {
    const { ended, sendingTotal } = await sending((connection) => connection.become(state));
    assert.instance(ended, NotReached, state);
    assert.is(sendingTotal, 0);
  }
});

test('it says so once it is connected, and ends when nothing comes back for two seconds', async () => {
  const { ended, sendingTotal } = await sending((connection, seen) => {
    connection.become('connecting');
    assert.is(seen.sendingTotal, 0);
    connection.become('connected');
    assert.is(seen.sendingTotal, 1);
    connection.become('disconnected');
  });
  assert.is(ended, 'ended');
  assert.is(sendingTotal, 1);
});

test('a moment without an answer is none', async () => {
  let isOver = false;
  const { ended } = await sending(async (connection) => {
    connection.become('connected');
    connection.become('disconnected');
    connection.become('connected');
    await new Promise((resolve) => setTimeout(resolve, 20_000));
    isOver = true;
    connection.become('failed');
  });
  assert.is(ended, 'ended');
  assert.ok(isOver);
});

test.run();
