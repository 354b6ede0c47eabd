/**
 * A sender without a stream, run inside a namespace: `relay-asker.ts SOURCE RELAY PORT FLOOD`.
 * Registers a link at the relay's address and prints a line of JSON for each reply; FLOOD other
 * registrations are asked for before, and only counted.
 */
import { randomBytes } from 'node:crypto';
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { isIPv6 } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseSrtla, renderSrtla, type SrtlaPacket } from '../../../pipelines/bond/wire/packet.ts';

const AGAIN_MS = 1000;
/** Sent at once, so that no buffer overflows. */
const BURST = 50;

export interface AskedLine {
  readonly kind: SrtlaPacket['kind'] | undefined;
  readonly from: string;
  readonly bytes: number;
}

const [, , source = '', relay = '', port = '0', flood = '0'] = process.argv;
// Not connected: a reply from another address is seen, too.
const socket = createSocket(isIPv6(source) ? 'udp6' : 'udp4').bind(0, source);
await once(socket, 'listening');

let answered = 0;
const count = () => {
  answered += 1;
};
socket.on('message', count);
for (let sent = 0; sent < Number(flood); sent += 1) {
  socket.send(renderSrtla({ kind: 'reg1', id: randomBytes(256) }), Number(port), relay);
  if (sent % BURST === 0) await sleep(1);
}
if (Number(flood) > 0) await sleep(AGAIN_MS);
socket.off('message', count);

let id: Buffer = randomBytes(256);
await ask({ kind: 'reg2', id }, 'no-group');
await ask({ kind: 'reg1', id }, 'reg2');
await ask({ kind: 'reg2', id }, 'reg3');
await ask({ kind: 'reg1', id }, 'reg-err');
console.log(JSON.stringify({ answered }));
socket.close();

/** Repeats it until that reply comes. */
async function ask(packet: SrtlaPacket, expected: SrtlaPacket['kind']): Promise<void> {
  for (;;) {
    socket.send(renderSrtla(packet), Number(port), relay);
    const signal = AbortSignal.timeout(AGAIN_MS);
    const [reply, from] = (await once(socket, 'message', { signal }).catch(() => [])) as [
      Buffer?,
      { address: string }?,
    ];
    if (reply === undefined || from === undefined) continue;
    const parsed = parseSrtla(reply);
    if (parsed?.kind !== expected) continue;
    if (parsed.kind === 'reg2') id = Buffer.from(parsed.id);
    const line: AskedLine = { kind: parsed.kind, from: from.address, bytes: reply.length };
    console.log(JSON.stringify(line));
    return;
  }
}
