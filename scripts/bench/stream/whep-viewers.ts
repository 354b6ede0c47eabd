/**
 * Viewers by WebRTC, in a process of their own: `URL COUNT SECONDS`. Prints WARM once all get
 * packets, and at the end a line of JSON.
 */
import { connectByWhep, openWhepViewer } from '../../../test/support/media/whep-viewer.ts';

export interface WhepLoad {
  readonly viewers: number;
  readonly mbps: number;
  /** Of the viewers that got the fewest and the most. */
  readonly packetsMin: number;
  readonly packetsMax: number;
}

const [endpoint = '', count = '1', seconds = '10'] = process.argv.slice(2);
const packets = new Array<number>(Number(count)).fill(0);
let bytes = 0;
const viewers = [];
for (const i of packets.keys()) {
  const viewer = await openWhepViewer(
    (packet) => {
      packets[i] = (packets[i] ?? 0) + 1;
      bytes += packet.length;
    },
    ['video', 'audio'],
  );
  await connectByWhep(viewer, endpoint);
  viewers.push(viewer);
  // The box takes ten offers a second, and one of an address.
  await new Promise((resolve) => setTimeout(resolve, i < 15 ? 100 : 1_050));
}
while (packets.some((seen) => seen === 0)) await new Promise((resolve) => setTimeout(resolve, 50));
console.log('WARM');
packets.fill(0);
bytes = 0;
await new Promise((resolve) => setTimeout(resolve, Number(seconds) * 1_000));
const load: WhepLoad = {
  viewers: packets.length,
  mbps: (bytes * 8) / Number(seconds) / 1e6,
  packetsMin: Math.min(...packets),
  packetsMax: Math.max(...packets),
};
console.log(JSON.stringify(load));
process.exit(0);
