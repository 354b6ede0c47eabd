/** Reports to the box how playback goes: the time to the first frame, stalls and latency. */
import type { Player } from './live.ts';
import { renderReport } from './report.ts';
import { Stalls } from './stalls.ts';
import { Startup } from './startup.ts';

export interface BeaconFigures {
  readonly startupMs: number | undefined;
  readonly stallsTotal: number;
  readonly stalledMsTotal: number;
}

/** As the box expects it: see BEACON_EVERY_MS of the origin's viewers. */
const EVERY_MS = 5_000;
/** From the first frame to the first report, so that this has a latency. */
const FIRST_AFTER_MS = 500;

const PROFILES = ['phone', 'laptop', 'low-data'] as const;

/** The id is random and lives as long as the page; there is no cookie. */
export class BeaconSender {
  readonly #id = randomId();
  readonly #video: HTMLVideoElement;
  readonly #profile: (typeof PROFILES)[number] | undefined;
  readonly #startup = new Startup(document.hidden);
  readonly #stalls = new Stalls();
  #player: Player | undefined;
  /** Of the players before this one. */
  #switchesBefore = 0;
  /** What the box has been sent. */
  #sent = { stalls: 0, stalledMs: 0, switches: 0, hasStartup: false };

  /** @param profile That the page asks for by name. */
  constructor(video: HTMLVideoElement, profile: string | null) {
    this.#video = video;
    this.#profile = PROFILES.find((known) => known === profile);
    this.#observeFirstFrame();
    this.#observeStalls();
    setInterval(() => this.#send(), EVERY_MS);
    const sendFirst = () => setTimeout(() => this.#send(), FIRST_AFTER_MS);
    video.addEventListener('playing', sendFirst, { once: true });
  }

  /** From now on this player is on screen. */
  setPlayer(player: Player): void {
    this.#switchesBefore += this.#player?.switches() ?? 0;
    this.#player = player;
  }

  /** There was no stream until now: the time to the first frame counts from here. */
  readonly restartStartup = (): void => {
    this.#startup.restart(performance.now(), document.hidden);
  };

  figures(): BeaconFigures {
    return {
      startupMs: this.#startup.tookMs,
      stallsTotal: this.#stalls.total,
      stalledMsTotal: this.#stalls.totalMs,
    };
  }

  #observeFirstFrame(): void {
    const video = this.#video;
    document.addEventListener('visibilitychange', () => {
      if (document.hidden) this.#startup.hide();
    });
    const onFirstFrame = () => this.#startup.addFrame(performance.now());
    // Not in all browsers that the types assume: Firefox has it since 132 only.
    const hasFrameCallback = typeof video.requestVideoFrameCallback === 'function';
    if (hasFrameCallback) video.requestVideoFrameCallback(onFirstFrame);
    else video.addEventListener('timeupdate', onFirstFrame, { once: true });
  }

  #observeStalls(): void {
    const video = this.#video;
    video.addEventListener('waiting', () => {
      if (this.#startup.hasFrame && !video.seeking) this.#stalls.begin(performance.now());
    });
    const endStall = () => {
      if (video.readyState >= HTMLMediaElement.HAVE_FUTURE_DATA)
        this.#stalls.end(performance.now());
    };
    video.addEventListener('playing', endStall);
    video.addEventListener('timeupdate', endStall);
  }

  #send(): void {
    const player = this.#player;
    if (player === undefined) return;
    const { total, totalMs } = this.#stalls;
    const latencyMs = player.latencyMs();
    const startupMs = this.#startup.tookMs;
    const switches = this.#switchesBefore + player.switches();
    const report = renderReport({
      id: this.#id,
      player: player.kind,
      rendition: player.rendition(),
      stalls: total - this.#sent.stalls,
      stalledMs: totalMs - this.#sent.stalledMs,
      switches: switches - this.#sent.switches,
      ...(this.#profile === undefined ? {} : { profile: this.#profile }),
      ...(startupMs === undefined || this.#sent.hasStartup ? {} : { startupMs }),
      ...(latencyMs === undefined ? {} : { latencyMs }),
    });
    // A browser whose queue is full takes none: the next report includes this one.
    if (!navigator.sendBeacon('beacon', JSON.stringify(report))) return;
    this.#sent = {
      ...{ stalls: total, stalledMs: totalMs, switches },
      hasStartup: this.#startup.hasFrame,
    };
  }
}

function randomId(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(12));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
}
