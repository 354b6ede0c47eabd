/** Viewers of a pushed stream: `load.ts URL VIEWERS SECONDS`; prints WARM, then a report as JSON. */
import { connect } from 'node:net';
import {
  HEADER_BYTES,
  type RecordHeader,
  readHeader,
} from '../../../pipelines/push/wire/record.ts';

export interface PushLoadReport {
  readonly records: number;
  /** Of a record at a viewer, after the first viewer had it. */
  readonly delayP50Ms: number;
  readonly delayP99Ms: number;
  /** From the end of its last frame, by the box's clock. */
  readonly ageP50Ms: number;
  readonly ageP99Ms: number;
  readonly mbpsPerViewer: number;
  /** Connections that ended, or skipped a part. */
  readonly failed: number;
  readonly cpuPct: number;
}

const [, , urlText = '', viewersText = '1', secondsText = '15'] = process.argv;
const url = new URL(urlText);
const viewers = Number(viewersText);
const seconds = Number(secondsText);
const WARM_MS = 3_000 + viewers * 4;

let isMeasuring = false;
let isOver = false;
let bytes = 0;
let failed = 0;
const firstMs = new Map<string, number>();
const delaysMs: number[] = [];
const agesMs: number[] = [];

function note({ track, msn, part, dateMs, durationUs, kind }: RecordHeader): void {
  if (!isMeasuring || kind !== 'media') return;
  const key = `${track} ${msn} ${part} ${dateMs}`;
  const nowMs = performance.now();
  const first = firstMs.get(key);
  if (first === undefined) firstMs.set(key, nowMs);
  delaysMs.push(nowMs - (first ?? nowMs));
  agesMs.push(Date.now() - dateMs - durationUs / 1_000);
}

/** Finds the ends of records, and copies nothing but their headers. */
function watch(): void {
  const socket = connect(Number(url.port), url.hostname);
  const head = Buffer.alloc(HEADER_BYTES);
  let header: RecordHeader | undefined;
  let filled = 0;
  let left = 0;
  let isBody = false;
  let lastMsn = 0;
  socket.setNoDelay(true);
  socket.on('error', () => undefined);
  socket.on('close', () => {
    if (!isOver) failed += 1;
  });
  socket.write(`GET ${url.pathname}${url.search} HTTP/1.1\r\nHost: ${url.host}\r\n\r\n`);
  const end = (one: RecordHeader) => {
    note(one);
    if (one.track === 'video' && one.kind === 'media') {
      if (lastMsn > 0 && one.msn > lastMsn + 1) failed += 1;
      lastMsn = one.msn;
    }
    header = undefined;
    filled = 0;
  };
  socket.on('data', (chunk: Buffer) => {
    if (isMeasuring) bytes += chunk.length;
    let at = 0;
    if (!isBody) {
      const bodyAt = chunk.indexOf('\r\n\r\n');
      if (bodyAt < 0) return;
      if (!chunk.toString('latin1', 0, 16).includes(' 200 ')) failed += 1;
      isBody = true;
      at = bodyAt + 4;
    }
    while (at < chunk.length) {
      if (header === undefined) {
        const copied = chunk.copy(head, filled, at);
        at += copied;
        filled += copied;
        if (filled < HEADER_BYTES) return;
        header = readHeader(new DataView(head.buffer, head.byteOffset, HEADER_BYTES));
        if (header === undefined) {
          socket.destroy();
          return;
        }
        left = header.payloadBytes;
      }
      const taken = Math.min(left, chunk.length - at);
      at += taken;
      left -= taken;
      if (left === 0) end(header);
    }
  });
}

function at(sorted: readonly number[], q: number): number {
  return sorted[Math.max(0, Math.ceil(q * sorted.length) - 1)] ?? Number.NaN;
}

for (let i = 0; i < viewers; i += 1) setTimeout(watch, (i * WARM_MS) / 2 / viewers);
setTimeout(() => {
  isMeasuring = true;
  console.log('WARM');
  const before = process.cpuUsage();
  const startedMs = performance.now();
  setTimeout(() => {
    isMeasuring = false;
    isOver = true;
    const { user, system } = process.cpuUsage(before);
    const tookS = (performance.now() - startedMs) / 1000;
    const delays = delaysMs.sort((a, b) => a - b);
    const ages = agesMs.sort((a, b) => a - b);
    const report: PushLoadReport = {
      records: delays.length,
      delayP50Ms: at(delays, 0.5),
      delayP99Ms: at(delays, 0.99),
      ageP50Ms: at(ages, 0.5),
      ageP99Ms: at(ages, 0.99),
      mbpsPerViewer: (bytes * 8) / 1e6 / tookS / viewers,
      failed,
      cpuPct: ((user + system) / 1e6 / tookS) * 100,
    };
    console.log(JSON.stringify(report));
    process.exit(0);
  }, seconds * 1000);
}, WARM_MS);
