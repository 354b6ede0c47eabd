import type { Player } from './live.ts';
import { renderReport } from './report.ts';
import { Startup } from './startup.ts';

export interface BeaconFigures {
  readonly startupMs: number | undefined;
  readonly stallsTotal: number;
  readonly stalledMsTotal: number;
}

export interface BeaconSender {
  /** This is the player on screen now. */
  watch(player: Player): void;
  /** The stream was refused until now: the time to the first frame counts from here. */
  restartStartup(): void;
  figures(): BeaconFigures;
}

/** As the box expects it: see BEACON_EVERY_MS of the origin's viewers. */
const EVERY_MS = 5_000;

/**
 * Tells the box how watching goes: the time to the first frame, stalls and
 * latency. The id is random and forgotten with the page; there is no cookie.
 */
export function openBeacon(video: HTMLVideoElement): BeaconSender {
  const id = Array.from(crypto.getRandomValues(new Uint8Array(12)), (byte) =>
    byte.toString(16).padStart(2, '0'),
  ).join('');
  let player: Player | undefined;
  const startup = new Startup(document.hidden);
  let isStartupTold = false;
  let stalledAtMs: number | undefined;
  let stallsTotal = 0;
  let stalledMsTotal = 0;
  let told = { stalls: 0, stalledMs: 0 };

  document.addEventListener('visibilitychange', () => {
    if (document.hidden) startup.hide();
  });
  const onFirstFrame = () => startup.seeFrame(performance.now());
  // Older than the types: Firefox has it since 132 only.
  const hasFrameCallback = typeof video.requestVideoFrameCallback === 'function';
  if (hasFrameCallback) video.requestVideoFrameCallback(onFirstFrame);
  else video.addEventListener('timeupdate', onFirstFrame, { once: true });
  video.addEventListener('waiting', () => {
    if (!startup.hasFrame || video.seeking || stalledAtMs !== undefined) return;
    stalledAtMs = performance.now();
    stallsTotal += 1;
  });
  const endStall = () => {
    if (stalledAtMs === undefined || video.readyState < 3) return;
    stalledMsTotal += performance.now() - stalledAtMs;
    stalledAtMs = undefined;
  };
  video.addEventListener('playing', endStall);
  video.addEventListener('timeupdate', endStall);

  const send = () => {
    if (player === undefined) return;
    const latencyMs = player.latencyMs();
    const startupMs = startup.tookMs;
    const report = renderReport({
      id,
      player: player.kind,
      rendition: player.rendition(),
      stalls: stallsTotal - told.stalls,
      stalledMs: stalledMsTotal - told.stalledMs,
      ...(startupMs === undefined || isStartupTold ? {} : { startupMs }),
      ...(latencyMs === undefined ? {} : { latencyMs }),
    });
    // A browser whose queue is full takes none: the next one tells the rest.
    if (!navigator.sendBeacon('/beacon', JSON.stringify(report))) return;
    told = { stalls: stallsTotal, stalledMs: stalledMsTotal };
    isStartupTold = startup.hasFrame;
  };
  setInterval(send, EVERY_MS);
  video.addEventListener('playing', () => setTimeout(send, 500), { once: true });

  return {
    watch: (watched) => {
      player = watched;
    },
    restartStartup: () => startup.restart(performance.now(), document.hidden),
    figures: () => ({ startupMs: startup.tookMs, stallsTotal, stalledMsTotal }),
  };
}
