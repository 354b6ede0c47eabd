/**
 * The load generator: `load.ts URL VIEWERS SECONDS [page|part]`; prints WARM, then a report as JSON.
 *
 * Viewers ask for playlists as our page does, once a segment, or with each part, as players do
 * that know no names of parts. It keeps to the last core: the others are the box's.
 */
import { spawnSync } from 'node:child_process';
import { connect, type Socket } from 'node:net';
import { cpus } from 'node:os';
import { gunzipSync } from 'node:zlib';
import { quantiles } from '../../pipelines/origin/viewers.ts';

export interface LoadReport {
  readonly parts: number;
  readonly waitP50Ms: number;
  readonly waitP99Ms: number;
  readonly playlistMbps: number;
  readonly mediaMbps: number;
  readonly failed: number;
  readonly cpuPct: number;
}

const [, , base = '', viewersText = '100', secondsText = '15', listsBy = 'page'] = process.argv;
const { hostname, port } = new URL(base);
const viewers = Number(viewersText);
const seconds = Number(secondsText);
const WARM_MS = 4_000 + viewers * 4;

let isMeasuring = false;
let isOver = false;
const waitsMs: number[] = [];
let playlistBytes = 0;
let mediaBytes = 0;
let failed = 0;

/** One kept-alive connection with one request at a time: as a browser's, but without a browser's cost. */
class Connection {
  readonly #socket: Socket;
  #received: Buffer[] = [];
  #heldBytes = 0;
  #neededBytes = 0;
  #status = 0;
  #resolve: ((reply: { status: number; body: Buffer; wireBytes: number }) => void) | undefined;

  constructor() {
    this.#socket = connect(Number(port), hostname);
    this.#socket.setNoDelay(true);
    this.#socket.on('data', (chunk: Buffer) => this.#onData(chunk));
    this.#socket.on('error', () => undefined);
    this.#socket.on('close', () => {
      this.#resolve?.({ status: 0, body: Buffer.alloc(0), wireBytes: 0 });
    });
  }

  get(path: string): Promise<{ status: number; body: Buffer; wireBytes: number }> {
    this.#socket.write(
      `GET ${path} HTTP/1.1\r\nHost: ${hostname}\r\nAccept-Encoding: gzip\r\n\r\n`,
    );
    return new Promise((resolve) => {
      this.#resolve = resolve;
    });
  }

  close(): void {
    this.#socket.destroy();
  }

  #onData(chunk: Buffer): void {
    this.#received.push(chunk);
    this.#heldBytes += chunk.length;
    if (this.#neededBytes === 0) {
      const all = this.#received.length === 1 ? chunk : Buffer.concat(this.#received);
      this.#received = [all];
      const end = all.indexOf('\r\n\r\n');
      if (end < 0) return;
      const head = all.toString('latin1', 0, end);
      this.#status = Number(head.slice(9, 12));
      this.#neededBytes = end + 4 + Number(/content-length: (\d+)/i.exec(head)?.[1] ?? 0);
    }
    if (this.#heldBytes < this.#neededBytes) return;
    const all = Buffer.concat(this.#received);
    const wireBytes = this.#neededBytes;
    const body = all.subarray(all.indexOf('\r\n\r\n') + 4, wireBytes);
    this.#received = [];
    this.#heldBytes = 0;
    this.#neededBytes = 0;
    const resolve = this.#resolve;
    this.#resolve = undefined;
    resolve?.({ status: this.#status, body, wireBytes });
  }
}

/** Follows one rendition, and starts over where a connection or an answer fails. */
async function follow(rendition: string): Promise<void> {
  while (!isOver) {
    const [lists, media] = [new Connection(), new Connection()];
    try {
      await followOn(lists, media, rendition);
    } catch {
      if (isMeasuring) failed += 1;
      await new Promise((resolve) => setTimeout(resolve, 200));
    }
    lists.close();
    media.close();
  }
}

/** The first hint is read from the playlist, the next ones are counted on. */
async function followOn(lists: Connection, media: Connection, rendition: string): Promise<void> {
  let { msn, part, partsPerSegment } = parsePlaylist(
    await lists.get(`/live/${rendition}/index.m3u8`),
  );
  while (!isOver) {
    const askedMs = performance.now();
    const query = `_HLS_msn=${msn}&_HLS_part=${part}&_HLS_skip=YES`;
    const isListed = part === 0 || listsBy === 'part';
    const playlist = isListed ? lists.get(`/live/${rendition}/index.m3u8?${query}`) : undefined;
    const bytes = await media.get(`/live/${rendition}/${msn}.${part}.m4s`);
    const waitedMs = performance.now() - askedMs;
    const list = await playlist;
    if (bytes.status !== 200 || (list?.status ?? 200) !== 200) throw new Error('no part');
    if (isMeasuring) {
      waitsMs.push(waitedMs);
      playlistBytes += list?.wireBytes ?? 0;
      mediaBytes += bytes.wireBytes;
    }
    part += 1;
    if (part >= partsPerSegment) [msn, part] = [msn + 1, 0];
  }
}

function parsePlaylist({ body }: { readonly body: Buffer }) {
  const text = gunzipSync(body).toString();
  const [, msn = '0', part = '0'] = /TYPE=PART,URI="(\d+)\.(\d+)\./.exec(text) ?? [];
  const ofLastWhole = new RegExp(`EXT-X-PART:.*URI="${Number(msn) - 1}\\.`, 'g');
  const partsPerSegment = text.match(ofLastWhole)?.length ?? 1;
  return { msn: Number(msn), part: Number(part), partsPerSegment };
}

spawnSync('taskset', ['-a', '-cp', String(cpus().length - 1), String(process.pid)]);
for (let i = 0; i < viewers; i += 1) {
  void follow('mid');
  void follow('audio');
  if (i % 20 === 0) await new Promise((resolve) => setTimeout(resolve, 20));
}
await new Promise((resolve) => setTimeout(resolve, WARM_MS));
console.log('WARM');
isMeasuring = true;
const before = process.cpuUsage();
await new Promise((resolve) => setTimeout(resolve, seconds * 1000));
isMeasuring = false;
isOver = true;
const used = process.cpuUsage(before);
const sorted = waitsMs.toSorted((a, b) => a - b);
const report: LoadReport = {
  parts: waitsMs.length,
  waitP50Ms: quantiles(waitsMs)?.p50 ?? 0,
  waitP99Ms: sorted[Math.floor(sorted.length * 0.99)] ?? 0,
  playlistMbps: (playlistBytes * 8) / seconds / 1e6,
  mediaMbps: (mediaBytes * 8) / seconds / 1e6,
  failed,
  cpuPct: (used.user + used.system) / 1e4 / seconds,
};
console.log(JSON.stringify(report));
process.exit(0);
