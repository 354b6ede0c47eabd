/** A printer that polls: the box serves its jobs on the LAN, to the address of that printer only. */

import { randomBytes } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { pause, unlessAborted } from '../../os/async.ts';
import type { Clock } from '../../os/clock.ts';
import { isBodyLeft, readBody } from '../../os/limits/read-body.ts';
import { listen } from '../../os/listen.ts';
import { type Log, messageOf } from '../../os/log.ts';
import { ignoreRest } from '../../os/tcp/cut-off.ts';
import { plainAddress } from '../../os/tcp/plain-address.ts';
import { renderPaper } from '../paper/escpos-render.ts';
import { renderPng } from '../paper/png.ts';
import type { PrintDocument, Printer, PrintOutcome } from '../port.ts';
import type { PrinterProfile } from '../profiles.ts';
import { renderJob } from '../verify.ts';
import { type Answer, answerCloudPrnt } from './cloudprnt.ts';
import { answerDirectPrint } from './direct-print.ts';
import { Offer } from './offer.ts';

/** A printer polls every few seconds; after this it is withdrawn, and surely not printed. */
const TAKE_MS = 60_000;
/** From fetching to the report: a metre of paper takes 15 s. */
const REPORT_MS = 120_000;
const RETRY_MS = 10_000;
const POLL_MS = 100;
const BODY_MAX_BYTES = 256 * 1024;

export interface PolledOptions {
  readonly protocol: 'cloudprnt' | 'direct-print';
  readonly profile: PrinterProfile;
  readonly port: number;
  /** The printer's IP address. All others are refused: slips are worth something. */
  readonly printerIp: string;
  readonly clock: Clock;
  readonly log: Log;
}

/** Listens at once, and again and again where the port is taken. */
export function openPolledPrinter(options: PolledOptions): Printer {
  const { clock } = options;
  const offer = new Offer();
  const ending = new AbortController();
  const serving = serve(options, offer, ending.signal);
  let last: Promise<unknown> = Promise.resolve();
  return {
    status: async (signal) => {
      signal.throwIfAborted();
      return offer.status(clock.monotonicMs());
    },
    print: (document, signal) => {
      const mine = last.then(() => printNow(document, options, offer, signal));
      last = mine.catch(() => undefined);
      return unlessAborted(mine, signal);
    },
    [Symbol.asyncDispose]: async () => {
      ending.abort();
      await serving;
    },
  };
}

async function printNow(
  document: PrintDocument,
  { profile, clock }: PolledOptions,
  offer: Offer,
  signal: AbortSignal,
): Promise<PrintOutcome> {
  const rendered = await renderJob(document, profile);
  if ('fault' in rendered) {
    return { outcome: 'failed', reason: rendered.fault, sentBytes: 0, isUnprintable: true };
  }
  const { picture } = renderPaper(rendered.bytes, profile);
  const png = await renderPng(picture);
  signal.throwIfAborted();
  let outcome: PrintOutcome | undefined;
  const token = randomBytes(12).toString('hex');
  void offer.put({ token, picture, png }).then((settled) => {
    outcome = settled;
  });
  const startMs = clock.monotonicMs();
  for (;;) {
    if (outcome !== undefined) return outcome;
    const pastMs = clock.monotonicMs() - startMs;
    const limitMs = offer.isTaken ? REPORT_MS : TAKE_MS;
    if (signal.aborted || pastMs > limitMs) {
      const wasTaken = offer.withdraw();
      signal.throwIfAborted();
      const sentBytes = wasTaken ? png.length : 0;
      return wasTaken
        ? { outcome: 'unknown', reason: 'the printer fetched it and reported nothing', sentBytes }
        : { outcome: 'failed', reason: 'the printer did not fetch it', sentBytes };
    }
    await pause(clock, POLL_MS, signal);
  }
}

async function serve(options: PolledOptions, offer: Offer, signal: AbortSignal): Promise<void> {
  const { port, clock, log } = options;
  const server = createServer((request, response) => {
    answer(request, response, options, offer).catch(() => response.destroy());
  });
  server.requestTimeout = 15_000;
  server.maxConnections = 8;
  server.on('connection', (socket: Socket) => {
    if (isPrinter(socket, options)) return;
    ignoreRest(socket);
    // Those who only stay would hold the printer's places.
    socket.end(REFUSED, () => socket.destroy());
  });
  while (!signal.aborted && !server.listening) {
    try {
      await listen(server, '::', port);
      log.info('printer server listening', { port });
    } catch (error) {
      log.warn('printer server cannot listen', { port, reason: messageOf(error) });
      await pause(clock, RETRY_MS, signal);
    }
  }
  if (!signal.aborted) await new Promise((resolve) => signal.addEventListener('abort', resolve));
  server.closeAllConnections();
  server.close();
}

async function answer(
  request: IncomingMessage,
  response: ServerResponse,
  options: PolledOptions,
  offer: Offer,
): Promise<void> {
  // Its bytes may come before its connection has ended.
  if (!isPrinter(request.socket, options)) return;
  const { protocol, clock } = options;
  const body = await readBody(request, BODY_MAX_BYTES);
  if (body === undefined) return send(response, { status: 413 });
  const { searchParams } = new URL(request.url ?? '/', 'http://box');
  const asked = {
    ...{ method: request.method ?? 'GET', query: searchParams, body: body.toString('utf8') },
  };
  const by = protocol === 'cloudprnt' ? answerCloudPrnt : answerDirectPrint;
  const reply = by(asked, offer, clock.monotonicMs());
  const { taken } = reply;
  if (taken !== undefined) {
    // What has not left the box is surely not printed.
    response.once('close', () => response.writableFinished || offer.giveBack(taken));
  }
  send(response, reply);
}

const REFUSED = 'HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\nConnection: close\r\n\r\n';

function isPrinter({ remoteAddress }: Socket, { printerIp }: PolledOptions): boolean {
  return plainAddress(remoteAddress) === printerIp;
}

function send(response: ServerResponse, { status, type, body = '' }: Answer): void {
  response.writeHead(status, {
    ...(type === undefined ? {} : { 'Content-Type': type }),
    'Content-Length': Buffer.byteLength(body),
    'Cache-Control': 'no-store',
    ...(isBodyLeft(response.req) && { Connection: 'close' }),
  });
  response.end(body);
}
