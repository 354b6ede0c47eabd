/**
 * An attacker: `attacker.ts KIND VIEWERS_PORT OPERATOR_PORT`, until it is killed. Prints how much
 * it has done, once a second, as JSON. Each has many addresses, as a botnet or a full room.
 */
import { randomBytes } from 'node:crypto';
import { connect, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { OWN_HEADER } from '../../../daemon/web/guard.ts';
import { mutateText } from '../../../test/fuzz/mutate.ts';
import { Dice } from '../../../test/simulation/scenario.ts';
import { CHROMIUM_OFFER } from '../../../test/support/media/whep-offers.ts';
import { seeded } from '../../../test/support/seeded.ts';

export type AttackKind =
  | ('malformed' | 'reset' | 'half-open' | 'unread' | 'fill' | 'held' | 'pushes' | 'offers')
  | ('pipelined' | 'pins' | 'page');

const [, , kind = '', viewersPort = '0', operatorPort = '0'] = process.argv;
const PLAYLIST = 'GET /live/mid/index.m3u8 HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n';
/** As many as Node reads at once; of the last two it would answer each by itself. */
const THOUSANDS = [
  'GET / HTTP/1.1\r\nHost:a\r\n\r\n'.repeat(2_300),
  'GET / HTTP/1.1\r\n\r\n'.repeat(3_600),
  'GET / HTTP/1.1\r\nHost:a\r\nExpect:b\r\n\r\n'.repeat(1_700),
];
let done = 0;
setInterval(() => console.log(JSON.stringify({ done })), 1_000);

function open(port: string, address: number, onOpen: (socket: Socket) => void): Promise<void> {
  const localAddress = `127.7.${address >> 8}.${1 + (address & 127)}`;
  return new Promise((resolve) => {
    const socket = connect({ host: '127.0.0.1', port: Number(port), localAddress }, () => {
      done += 1;
      onOpen(socket);
    });
    socket.on('error', () => undefined).once('close', () => resolve());
  });
}

/** So many at a time, again and again. */
async function flood(atOnce: number, one: (index: number) => Promise<void>): Promise<void> {
  const run = async (first: number) => {
    for (let index = first; ; index += atOnce) {
      await one(index);
      await sleep(1);
    }
  };
  await Promise.all(Array.from({ length: atOnce }, (_, i) => run(i)));
}

const dice = new Dice(seeded(1));

/** The segment after the one that is being made, now and then asked for. */
let nextMsn = 0;

async function followMsn(): Promise<void> {
  for (;;) {
    const answer = await fetch(`http://127.0.0.1:${viewersPort}/live/mid/index.m3u8`).catch(
      () => 0,
    );
    const text = typeof answer === 'number' ? '' : await answer.text();
    const last = text.match(/\d+(?=\.\d+\.m4s)/g)?.at(-1);
    nextMsn = Number(last ?? nextMsn) + 1;
    await sleep(500);
  }
}

function post(path: string, method: string, body: string): string {
  return `${method} ${path} HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/sdp\r\nContent-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`;
}

const ATTACKS: Readonly<Record<AttackKind, () => Promise<void>>> = {
  malformed: () =>
    flood(32, (index) =>
      open(viewersPort, index % 50, (socket) => {
        const bytes = index % 4 === 0 ? randomBytes(200) : mutateText([PLAYLIST], dice);
        socket.setTimeout(300, () => socket.destroy());
        socket.end(bytes);
        socket.resume();
      }),
    ),
  reset: () =>
    flood(64, (index) =>
      open(viewersPort, index % 100, (socket) => {
        socket.write(PLAYLIST);
        setTimeout(() => socket.resetAndDestroy(), 1 + (index % 6));
      }),
    ),
  'half-open': () =>
    flood(2_000, (index) =>
      open(viewersPort, index % 100, (socket) => socket.resume().write('GET /live/mi')),
    ),
  unread: () =>
    flood(400, (index) =>
      open(viewersPort, index % 50, (socket) => {
        socket.pause();
        for (let i = 0; i < 20; i += 1) socket.write('GET /hls.js HTTP/1.1\r\nHost: a\r\n\r\n');
      }),
    ),
  fill: () =>
    flood(6_000, (index) =>
      open(viewersPort, index % 24, (socket) => socket.resume().write(PLAYLIST)),
    ),
  held: async () => {
    void followMsn();
    await flood(5_000, (index) =>
      open(viewersPort, index % 24, (socket) => {
        const held = PLAYLIST.replace('.m3u8', `.m3u8?_HLS_msn=${nextMsn}`);
        socket.resume().write(held.repeat(4));
        socket.setTimeout(4_000, () => socket.destroy());
      }),
    );
  },
  pushes: () =>
    flood(2_000, (index) =>
      open(viewersPort, index % 24, (socket) => {
        socket.pause();
        socket.write('GET /live/push/mid HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n');
      }),
    ),
  offers: () =>
    flood(100, (index) =>
      open(viewersPort, index % 100, (socket) => {
        const name = String(index).padStart(22, 'a');
        const isOffer = index % 2 === 0;
        socket.once('data', () => socket.destroy());
        socket.setTimeout(5_000, () => socket.destroy());
        socket.write(
          isOffer
            ? post('/live/whep', 'POST', CHROMIUM_OFFER)
            : post(`/live/whep/${name}`, 'DELETE', ''),
        );
      }),
    ),
  pipelined: () =>
    flood(64, (index) =>
      open(index % 2 === 0 ? viewersPort : operatorPort, index % 24, (socket) =>
        socket.resume().write(THOUSANDS[index % 3] ?? ''),
      ),
    ),
  pins: () =>
    flood(24, (index) => {
      const body = JSON.stringify({ pin: String(100_000 + (index % 900_000)) });
      return open(operatorPort, index % 24, (socket) => {
        socket.setTimeout(5_000, () => socket.destroy());
        socket.once('data', () => socket.destroy());
        socket.write(
          `POST /session HTTP/1.1\r\nHost: 127.0.0.1\r\n${OWN_HEADER}: 1\r\nContent-Type: application/json\r\nContent-Length: ${body.length}\r\n\r\n${body}`,
        );
      });
    }),
  page: () =>
    flood(300, (index) =>
      open(operatorPort, index % 3, (socket) =>
        socket.resume().write('GET / HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n'),
      ),
    ),
};

await ATTACKS[kind as AttackKind]();
