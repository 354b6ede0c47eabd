/** Clients that stop at some stage of a connection, and the frames of HTTP/2 that they send. */
import { connect, type Socket } from 'node:net';
import { connect as tlsConnect } from 'node:tls';

const PREFACE = 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n';
const HEADERS = 1;
const RST_STREAM = 3;
const SETTINGS = 4;
const WINDOW_UPDATE = 8;
const INITIAL_WINDOW = 4;
const END_STREAM_AND_HEADERS = 5;

/** How far a client gets before it stops; over HTTP/2 it may take nothing, or as much as there is. */
export const STAGES = [
  'tcp',
  'tls',
  'preface',
  'headers',
  'held',
  'sending',
  'many',
  'no-window',
  'all-windows',
] as const;
export const STOPS = ['reset', 'half-close', 'silent'] as const;
export type Stage = (typeof STAGES)[number];
export type Stop = (typeof STOPS)[number];

export interface Way {
  readonly isHttp2: boolean;
  readonly stage: Stage;
  readonly stop: Stop;
  readonly afterMs: number;
}

function frame(type: number, flags: number, id: number, payload: Buffer = Buffer.alloc(0)): Buffer {
  const head = Buffer.alloc(9);
  head.writeUIntBE(payload.length, 0, 3);
  head[3] = type;
  head[4] = flags;
  head.writeUInt32BE(id, 5);
  return Buffer.concat([head, payload]);
}

/** A header field without indexing (RFC 7541 §6.2.2). */
function field(name: string, value: string): Buffer {
  const [n, v] = [Buffer.from(name), Buffer.from(value)];
  return Buffer.concat([Buffer.from([0, n.length]), n, Buffer.from([v.length]), v]);
}

function requestFrame(id: number, path: string): Buffer {
  const fields = [
    field(':method', 'GET'),
    field(':scheme', 'https'),
    field(':authority', 'localhost'),
    field(':path', path),
  ];
  return frame(HEADERS, END_STREAM_AND_HEADERS, id, Buffer.concat(fields));
}

/** `count` requests, each reset at once (CVE-2023-44487). */
export function rapidResets(count: number): Buffer {
  const cancel = Buffer.from([0, 0, 0, 8]);
  const each = Array.from({ length: count }, (_, i) => [
    requestFrame(1 + 2 * i, '/x'),
    frame(RST_STREAM, 0, 1 + 2 * i, cancel),
  ]);
  return Buffer.concat([Buffer.from(PREFACE), frame(SETTINGS, 0, 0), ...each.flat()]);
}

/** What the client takes of each answer, and of all together, before it says more. */
function windowFrames(stage: Stage): readonly Buffer[] {
  if (stage !== 'no-window' && stage !== 'all-windows') return [frame(SETTINGS, 0, 0)];
  const [setting, more] = [Buffer.alloc(6), Buffer.alloc(4)];
  setting.writeUInt16BE(INITIAL_WINDOW);
  if (stage === 'no-window') return [frame(SETTINGS, 0, 0, setting)];
  setting.writeUInt32BE(0x7fff_ffff, 2);
  more.writeUInt32BE(0x7f00_0000);
  return [frame(SETTINGS, 0, 0, setting), frame(WINDOW_UPDATE, 0, 0, more)];
}

function http2Bytes(stage: Stage): Buffer {
  const opening = Buffer.concat([Buffer.from(PREFACE), ...windowFrames(stage)]);
  if (stage === 'preface') return Buffer.from(PREFACE.slice(0, 10));
  if (stage === 'headers') return Buffer.concat([opening, requestFrame(1, '/x').subarray(0, 20)]);
  const path = stage === 'held' ? '/hold' : stage === 'many' ? '/many' : '/big';
  const count = stage === 'many' ? 400 : 3;
  const requests = Array.from({ length: count }, (_, i) => requestFrame(1 + 2 * i, path));
  return Buffer.concat([opening, ...requests]);
}

function http1Bytes(stage: Stage): Buffer {
  if (stage === 'preface') return Buffer.from('GE');
  if (stage === 'headers') return Buffer.from('GET /x HTTP/1.1\r\nHo');
  const path = stage === 'held' ? '/hold' : '/big';
  return Buffer.from(`GET ${path} HTTP/1.1\r\nHost: a\r\n\r\n`.repeat(stage === 'many' ? 20 : 2));
}

/** Opens a connection that goes some way, stops there, and reads nothing from then on. */
export async function breakOff(
  { port, tlsPort }: { readonly port: number; readonly tlsPort: number },
  { isHttp2, stage, stop, afterMs }: Way,
): Promise<Socket> {
  const raw = connect(isHttp2 ? tlsPort : port, '127.0.0.1');
  raw.on('error', () => undefined);
  await new Promise<void>((resolve) => raw.once('connect', () => resolve()));
  if (isHttp2 && stage === 'tls') {
    // The first bytes of a ClientHello.
    raw.write(Buffer.from([22, 3, 1, 2, 0, 1, 0]));
  } else if (isHttp2 && stage !== 'tcp') {
    await sendOverTls(raw, http2Bytes(stage));
  } else if (!isHttp2 && stage !== 'tcp' && stage !== 'tls') {
    raw.write(http1Bytes(stage));
  }
  await new Promise((resolve) => setTimeout(resolve, afterMs));
  if (stop === 'reset') raw.resetAndDestroy();
  if (stop === 'half-close') raw.end();
  return raw;
}

export async function sendOverTls(raw: Socket, bytes: Buffer): Promise<Socket> {
  const options = { socket: raw, ALPNProtocols: ['h2'], rejectUnauthorized: false };
  const secure = tlsConnect(options);
  secure.on('error', () => undefined);
  await new Promise<void>((resolve) => {
    secure.once('secureConnect', () => resolve());
    secure.once('close', () => resolve());
  });
  secure.write(bytes);
  secure.pause();
  return secure;
}
