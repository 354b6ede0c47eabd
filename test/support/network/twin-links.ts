/**
 * Run inside a namespace whose two interfaces have the same address: sets the box's routing
 * up, looks the far end up through each link and asks it for its name. Prints `LINK says NAME`.
 */
import { systemClock } from '../../../hal/os/clock.ts';
import { silentLog } from '../../../hal/os/log.ts';
import { openLookup } from '../../../pipelines/bond/net/link-lookup.ts';
import { openLinkSocket } from '../../../pipelines/bond/net/link-socket.ts';
import { followLinks } from '../../../pipelines/uplink/links-task.ts';

const [, , name = '', server = '', port = '0'] = process.argv;
const lookup = openLookup(() => [server]);
const stop = new AbortController();
process.on('SIGTERM', () => stop.abort());

const wish = { weight: 1, isBackup: false, isEnabled: true };
await followLinks(
  {
    wanted: () => [
      { ...wish, id: 'first', device: 'wwan0' },
      { ...wish, id: 'second', device: 'wwan1' },
    ],
    used: () => ({ period: '', bytesByLink: {} }),
    onLinks: (links) => {
      for (const link of links) {
        const socket = openLinkSocket(
          link,
          { resolve: async (from) => (await lookup(name, from))[0] ?? '', port: Number(port) },
          {
            onOpened: () => setInterval(() => socket.send(Buffer.from('who?')), 200),
            onPacket: (packet) => console.log(`${link.id} says ${packet}`),
            onFailed: (code) => console.log(`${link.id} failed ${code}`),
          },
        );
        socket.ensureOpen(systemClock.monotonicMs());
      }
    },
    clock: systemClock,
    log: silentLog,
  },
  stop.signal,
);
process.exit(0);
