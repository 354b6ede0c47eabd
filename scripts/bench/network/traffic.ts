/**
 * One end of the traffic of `npm run bench network`, in a namespace of its own: `stream` sends
 * at a fixed rate, `receive` reports what came of it, `load` sends what it can.
 */
import { createSocket } from 'node:dgram';
import { connect, createServer } from 'node:net';

export const STREAM_PORT = 7001;
export const LOAD_PORT = 7002;
/** As SRT's. */
const PACKET_BYTES = 1316;
const FLOWS = 4;

const nowUs = () => Number(process.hrtime.bigint() / 1000n);
const [, , verb, ...words] = process.argv;

/** @param rateBps Of each link: to that address, from that one. */
function stream(rateBps: number, seconds: number, links: readonly string[]): void {
  const endUs = nowUs() + seconds * 1e6;
  const gapUs = (PACKET_BYTES * 8e6) / rateBps;
  for (const link of links) {
    const [far = '', source = ''] = link.split(',');
    const socket = createSocket('udp4');
    socket.on('error', () => undefined);
    let count = 0;
    socket.bind(0, source, () => {
      const startUs = nowUs();
      const timer = setInterval(() => {
        while (startUs + count * gapUs <= nowUs()) {
          const packet = Buffer.alloc(PACKET_BYTES);
          packet.writeDoubleBE(nowUs(), 0);
          packet.writeUInt32BE(count, 8);
          socket.send(packet, STREAM_PORT, far);
          count += 1;
        }
        if (nowUs() < endUs) return;
        clearInterval(timer);
        console.log(JSON.stringify({ far, sent: count }));
        setTimeout(() => socket.close(), 200);
      }, 2);
    });
  }
}

function receive(addresses: readonly string[]): void {
  let loadBytes = 0;
  const delaysMs = new Map(addresses.map((address) => [address, [] as number[]]));
  for (const address of addresses) {
    const socket = createSocket({ type: 'udp4', recvBufferSize: 1_000_000 });
    socket.on('message', (packet) => {
      delaysMs.get(address)?.push((nowUs() - packet.readDoubleBE(0)) / 1000);
    });
    socket.bind(STREAM_PORT, address);
    const flood = createSocket('udp4');
    flood.on('message', (packet) => {
      loadBytes += packet.length;
    });
    flood.bind(LOAD_PORT, address);
    const server = createServer((one) => {
      one.on('error', () => undefined);
      one.on('data', (chunk) => {
        loadBytes += chunk.length;
      });
    });
    server.listen(LOAD_PORT, address);
  }
  process.on('SIGTERM', () => {
    console.log(JSON.stringify({ delaysMs: Object.fromEntries(delaysMs), loadBytes }));
    process.exit(0);
  });
  console.log('ready');
}

/** To each address: uploads by TCP that fill what there is, and UDP that does not care. */
function load(floodBps: number, addresses: readonly string[]): void {
  const block = Buffer.alloc(64_000);
  for (const address of addresses) {
    for (let i = 0; i < FLOWS; i += 1) {
      const socket = connect(LOAD_PORT, address);
      const fill = () => {
        while (socket.write(block));
      };
      socket.on('connect', fill);
      socket.on('drain', fill);
      socket.on('error', () => undefined);
    }
    const flood = createSocket('udp4');
    flood.on('error', () => undefined);
    const packets = Math.ceil(floodBps / 8 / 1400 / 100);
    setInterval(() => {
      for (let i = 0; i < packets; i += 1) flood.send(block.subarray(0, 1400), LOAD_PORT, address);
    }, 10);
  }
}

if (verb === 'stream') stream(Number(words[0]), Number(words[1]), words.slice(2));
else if (verb === 'receive') receive(words);
else if (verb === 'load') load(Number(words[0]), words.slice(1));
