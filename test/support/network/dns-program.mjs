/**
 * A DNS server: `ADDRESS PORT '{"relay.test": {"A": ["10.88.0.1"], "AAAA": ["fd88::1"]}}'`. Plain
 * JavaScript: it starts often. What it has no records for has none, NODATA.
 */
import { createSocket } from 'node:dgram';
import { isIPv6 } from 'node:net';

const [, , address, port, records] = process.argv;
const zone = JSON.parse(records);

function render(text) {
  if (!isIPv6(text)) return Buffer.from(text.split('.').map(Number));
  const [head, tail = ''] = text.split('::').map((part) => part.split(':').filter(Boolean));
  const gap = Array(8 - head.length - tail.length).fill('0');
  const groups = [...head, ...gap, ...tail].map((group) => group.padStart(4, '0'));
  return Buffer.from(groups.join(''), 'hex');
}

function answerTo(packet) {
  const labels = [];
  let at = 12;
  for (; packet[at] !== 0; at += 1 + packet[at])
    labels.push(packet.toString('latin1', at + 1, at + 1 + packet[at]));
  const end = at + 5;
  const type = packet.readUInt16BE(at + 1);
  const found = zone[labels.join('.')]?.[type === 28 ? 'AAAA' : 'A'] ?? [];
  const header = Buffer.from(packet.subarray(0, 12));
  header.writeUInt16BE(0x8180, 2);
  header.writeUInt16BE(found.length, 6);
  const answers = found.map((text) => {
    const data = render(text);
    const record = Buffer.from([0xc0, 12, 0, type, 0, 1, 0, 0, 0, 60, 0, data.length]);
    return Buffer.concat([record, data]);
  });
  return Buffer.concat([header, packet.subarray(12, end), ...answers]);
}

const socket = createSocket(isIPv6(address) ? 'udp6' : 'udp4');
socket.on('message', (packet, from) => {
  console.log(`asked from ${from.address} ${from.port}`);
  socket.send(answerTo(packet), from.port, from.address);
});
socket.bind(Number(port), address, () => console.log(`port ${socket.address().port}`));
