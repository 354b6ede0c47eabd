/** What comes from outside: the broker, guests' connections, the clock, devices, the terminal. */
import { connect, type Socket } from 'node:net';
import { sendPanelAction } from '../../test/support/operator.ts';
import { mark } from '../bench/mark.ts';
import type { Mood } from './broker-proxy.ts';
import type { Fault } from './fault.ts';
import type { Venue } from './venue.ts';

const MOODS: readonly Mood[] = ['stalls', 'resets', 'garbage', 'mute'];
const CLOCK_STEPS = ['+1h', '-1h', '+3d', '-2d'] as const;

export const OUTSIDE_FAULTS: readonly Fault[] = [
  ...MOODS.map(
    (mood): Fault => ({
      name: `broker: ${mood}`,
      lastsS: [3, 25],
      begin: async ({ broker }) => {
        broker.setMood(mood);
        return () => broker.setMood('well');
      },
    }),
  ),
  {
    name: 'clock set',
    lastsS: [3, 10],
    begin: async ({ settable }, dice) => {
      await settable.setClock(dice.pick(CLOCK_STEPS));
      return () => settable.setClock('+0');
    },
  },
  ...['camera', 'sound'].map(
    (name): Fault => ({
      name: `${name} unplugged`,
      lastsS: [3, 14],
      begin: async (venue) => {
        await plug(venue, name, false);
        return () => plug(venue, name, true);
      },
    }),
  ),
  {
    name: 'connections reset',
    lastsS: [2, 8],
    begin: async ({ box }, dice) => {
      const sockets = openSockets(
        box.url,
        dice.whole(50, 150),
        'GET /live/low/index.m3u8 HTTP/1.1\r\nHost: a\r\n\r\n',
      );
      return () => {
        for (const socket of sockets) socket.resetAndDestroy();
      };
    },
  },
  {
    name: 'connections half open',
    lastsS: [2, 15],
    begin: async ({ box }, dice) => {
      const urls = [box.url, box.operatorUrl];
      const sockets = openSockets(dice.pick(urls), dice.whole(20, 100), 'GET /live/low/ind');
      return () => {
        for (const socket of sockets) socket.destroy();
      };
    },
  },
  {
    name: 'many marks',
    lastsS: [1, 3],
    begin: async ({ box }, dice) => {
      const marks = Array.from({ length: dice.whole(1, 6) }, () => mark(box).catch(() => 0));
      return async () => void (await Promise.all(marks));
    },
  },
  {
    name: 'terminal closed',
    lastsS: [1, 2],
    begin: async ({ box }) => {
      if (box.isOutputClosed()) return undefined;
      box.closeOutput();
      box.kill('SIGHUP');
      return () => undefined;
    },
  },
];

async function plug({ box }: Venue, name: string, isOn: boolean): Promise<void> {
  await sendPanelAction(box.operatorUrl, { do: 'switch', name, isOn });
}

/** From addresses of their own, as guests' phones. */
function openSockets(url: string, count: number, bytes: string): readonly Socket[] {
  const port = Number(new URL(url).port);
  return Array.from({ length: count }, (_, i) => {
    const localAddress = `127.9.0.${1 + (i % 20)}`;
    const socket = connect({ host: '127.0.0.1', port, localAddress }, () => socket.write(bytes));
    return socket.on('error', () => undefined).resume();
  });
}
