/** One question to a DNS server and its answer (RFC 1035 §4): addresses of a name. Pure. */
import { domainToASCII } from 'node:url';
import { renderHost } from '../../../hal/os/udp/name.ts';

const HEADER_BYTES = 12;
const RECURSION_DESIRED = 0x0100;
const RESPONSE = 0x8000;
const RCODE = 0x000f;
const CLASS_IN = 1;
/** A, and AAAA (RFC 3596 §2.1), by address family. */
const TYPES = { 4: 1, 6: 28 } as const;
const ADDRESS_BYTES = { 4: 4, 6: 16 } as const;
const MAX_NAME_BYTES = 255;
const MAX_LABEL_BYTES = 63;
const POINTER = 0xc0;

export interface Question {
  readonly packet: Buffer;
  readonly family: 4 | 6;
}

/** Undefined where the name cannot be one of DNS. */
export function renderQuestion(id: number, name: string, family: 4 | 6): Question | undefined {
  const labels = domainToASCII(name).replace(/\.$/, '').split('.');
  if (labels.some(({ length }) => length === 0 || length > MAX_LABEL_BYTES)) return undefined;
  const encoded = labels.map((label) =>
    Buffer.concat([Buffer.from([label.length]), Buffer.from(label, 'latin1')]),
  );
  const tail = Buffer.alloc(5);
  tail.writeUInt16BE(TYPES[family], 1);
  tail.writeUInt16BE(CLASS_IN, 3);
  const asked = Buffer.concat([...encoded, tail]);
  if (asked.length - 4 > MAX_NAME_BYTES) return undefined;
  const header = Buffer.alloc(HEADER_BYTES);
  header.writeUInt16BE(id, 0);
  header.writeUInt16BE(RECURSION_DESIRED, 2);
  header.writeUInt16BE(1, 4);
  return { packet: Buffer.concat([header, asked]), family };
}

/**
 * The addresses in an answer, none where the server has none; undefined for what is no answer to
 * this question. A server that resolves gives those of aliases (CNAME) with them.
 */
export function parseAnswer(answer: Buffer, question: Question): readonly string[] | undefined {
  const { packet, family } = question;
  if (answer.length < packet.length || answer.readUInt16BE(0) !== packet.readUInt16BE(0)) {
    return undefined;
  }
  const flags = answer.readUInt16BE(2);
  const asked = packet.subarray(HEADER_BYTES);
  const isOfThis = answer.subarray(HEADER_BYTES, packet.length).equals(asked);
  if ((flags & RESPONSE) === 0 || answer.readUInt16BE(4) !== 1 || !isOfThis) return undefined;
  return (flags & RCODE) === 0 ? readAddresses(answer, packet.length, family) : [];
}

/** Up to where the answer is cut off or malformed. */
function readAddresses(answer: Buffer, from: number, family: 4 | 6): readonly string[] {
  const found: string[] = [];
  let at = from;
  for (let left = answer.readUInt16BE(6); left > 0; left -= 1) {
    at = afterName(answer, at);
    const end = at + 10;
    if (end > answer.length) break;
    const bytes = answer.readUInt16BE(at + 8);
    const isAddress =
      answer.readUInt16BE(at) === TYPES[family] && answer.readUInt16BE(at + 2) === CLASS_IN;
    at = end + bytes;
    if (at > answer.length) break;
    if (isAddress && bytes === ADDRESS_BYTES[family]) {
      found.push(renderHost(answer.subarray(end, at)));
    }
  }
  return found;
}

/** Names end with an empty label, or with a pointer. */
function afterName(answer: Buffer, from: number): number {
  let at = from;
  while (at < answer.length) {
    const length = answer[at] ?? 0;
    if (length >= POINTER) return at + 2;
    at += 1 + length;
    if (length === 0) break;
  }
  return at;
}
