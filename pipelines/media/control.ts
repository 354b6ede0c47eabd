/** What the media process does with each message of the daemon. */
import { monotonicUs } from '../../hal/os/clock.ts';
import { messageOf } from '../../hal/os/log.ts';
import type { LedPhones } from '../captive/on-own-port.ts';
import type { UplinkFeed } from '../feed/uplink-feed.ts';
import { openOutputs } from '../feed/uplink-request.ts';
import type { Viewers } from '../origin/viewers.ts';
import type { Presentation } from '../packager/presentation.ts';
import type { Scanner } from '../scan/scanner.ts';
import type { Whep } from '../whep/http/endpoint.ts';
import type { Archive } from './archive.ts';
import type { CaptureRuns } from './capture-runs.ts';
import type { DropState } from './drop-state.ts';
import type { EndedStream } from './ended-stream.ts';
import type { MediaClock } from './media-clock.ts';
import type { FromMedia, ToMedia } from './messages.ts';
import type { PartLag } from './part-lag.ts';

export interface ControlledParts {
  readonly presentation: Presentation;
  readonly archive: Archive;
  readonly drop: DropState;
  readonly ended: EndedStream;
  readonly uplink: UplinkFeed;
  readonly runs: CaptureRuns;
  readonly partLag: PartLag;
  readonly clock: MediaClock;
  readonly scanner: Scanner;
  readonly led: LedPhones;
  readonly viewers: Viewers;
  /** Undefined where nobody gets the stream by WebRTC. */
  readonly whep: Whep | undefined;
  readonly send: (message: FromMedia) => void;
  /** Ends clips that are being made. */
  readonly signal: AbortSignal;
}

export function openControl(parts: ControlledParts): (message: ToMedia) => void {
  const { presentation, archive, drop, runs, partLag, clock } = parts;
  return (message) => {
    switch (message.type) {
      case 'stream':
        clock.begin(message.start);
        break;
      case 'run':
        partLag.setClock(undefined);
        runs.open(message);
        break;
      case 'clock':
        partLag.setClock(message.clockUs);
        presentation.setRunClock(mediaTimeOf(message.clockUs, clock));
        break;
      case 'uplink':
        parts.send(openOutputs(parts.uplink, message));
        break;
      case 'record':
        drop.set(message);
        if (message.dropId === undefined) parts.whep?.endAll();
        break;
      case 'portal':
        parts.led.page = message.page;
        break;
      case 'shop':
        drop.setShop(message.shop);
        break;
      case 'drop':
        drop.show(message.drop);
        break;
      case 'scan':
        parts.scanner.set(message.wanted);
        break;
      case 'clip':
        makeClip(message, parts);
        break;
      case 'forget-clips':
        archive.forgetClips(message.ids);
        break;
      case 'suspend':
        presentation.setSubstitutes(message.substitutes);
        archive.setPreviews(message.hasPreviews);
        break;
      case 'whep':
        onWhep(message, parts);
        break;
      case 'end':
        presentation.end(clock.nowUs());
        if (message.isSeen) void parts.ended.store(presentation);
        parts.uplink.end();
        parts.whep?.endAll();
        break;
    }
  };
}

function onWhep(
  { message }: Extract<ToMedia, { type: 'whep' }>,
  { whep, viewers }: ControlledParts,
): void {
  if (message.type === 'answered') whep?.onAnswer(message.request, message.answer);
  // It fetches no parts, and watches all the same.
  else for (const address of message.addresses) viewers.addFetch({ address }, performance.now());
}

/** Media time of a CLOCK_MONOTONIC time, both in us. */
function mediaTimeOf(clockUs: number, clock: MediaClock): number {
  return clock.nowUs() + clockUs - monotonicUs();
}

function makeClip(
  { request, type: _, ...wanted }: Extract<ToMedia, { type: 'clip' }>,
  { archive, clock, send, signal }: ControlledParts,
): void {
  archive.clip({ ...wanted, atMs: Math.round(clock.wallMs()) }, signal).then(
    (clip) => send({ type: 'clip', request, clip }),
    (error: unknown) => send({ type: 'no-clip', request, reason: messageOf(error) }),
  );
}
