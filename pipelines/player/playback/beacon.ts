/** Reports to the box how playback goes: the time to the first frame, stalls and latency. */

import { renderBeacon } from './beacon-payload.ts';
import type { Player } from './live.ts';
import { timeoutSignal } from './signals.ts';
import { Stalls } from './stalls.ts';
import { Startup } from './startup.ts';

export interface BeaconFigures {
  readonly startupMs: number | undefined;
  readonly stallsTotal: number;
  readonly stalledMsTotal: number;
}

export interface SentHearts {
  /** Taps of this guest so far. */
  readonly sent: number;
  /** @param reported How many of this guest's own are new in the total of all guests. */
  setTotal(total: number, reported: number): void;
}

/** As the box expects it: see BEACON_EVERY_MS of the origin's viewers. */
const EVERY_MS = 5_000;
/** Before the next report is due. */
const TIMEOUT_MS = 4_000;
/** From the first frame to the first report, so that this has a latency. */
const FIRST_AFTER_MS = 500;

const PROFILES = ['phone', 'laptop', 'low-data'] as const;

/** The id is random and lives as long as the page; there is no cookie. */
export class BeaconSender {
  readonly #id = randomId();
  readonly #video: HTMLVideoElement;
  readonly #hearts: SentHearts;
  readonly #profile: (typeof PROFILES)[number] | undefined;
  readonly #startup = new Startup(document.hidden);
  readonly #stalls = new Stalls();
  #player: Player | undefined;
  /** Of the players before this one. */
  #switchesBefore = 0;
  /** What the box has been sent. */
  #sent = { stalls: 0, stalledMs: 0, switches: 0, hearts: 0, hasStartup: false };
  #isSending = false;

  /**
   * @param profile That the page asks for by name.
   * @param hearts Those that the guest sends.
   */
  constructor(video: HTMLVideoElement, profile: string | null, hearts: SentHearts) {
    this.#video = video;
    this.#hearts = hearts;
    this.#profile = PROFILES.find((known) => known === profile);
    this.#observeFirstFrame();
    this.#observeStalls();
    setInterval(() => void this.#send(), EVERY_MS);
    const sendFirst = () => setTimeout(() => void this.#send(), FIRST_AFTER_MS);
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

  async #send(): Promise<void> {
    const player = this.#player;
    if (player === undefined || this.#isSending) return;
    const { total, totalMs } = this.#stalls;
    const latencyMs = player.latencyMs();
    const startupMs = this.#startup.tookMs;
    const switches = this.#switchesBefore + player.switches();
    const hearts = this.#hearts.sent;
    const hasStartup = this.#startup.hasFrame;
    const report = renderBeacon({
      id: this.#id,
      player: player.kind,
      rendition: player.rendition(),
      stalls: total - this.#sent.stalls,
      stalledMs: totalMs - this.#sent.stalledMs,
      switches: switches - this.#sent.switches,
      hearts: hearts - this.#sent.hearts,
      ...(this.#profile === undefined ? {} : { profile: this.#profile }),
      ...(startupMs === undefined || this.#sent.hasStartup ? {} : { startupMs }),
      ...(latencyMs === undefined ? {} : { latencyMs }),
    });
    this.#isSending = true;
    try {
      const answer = await post(JSON.stringify(report));
      this.#sent = { stalls: total, stalledMs: totalMs, switches, hearts, hasStartup };
      if (answer !== undefined) this.#hearts.setTotal(answer, report.hearts ?? 0);
    } catch {
      // The next report includes this one.
    } finally {
      this.#isSending = false;
    }
  }
}

/** How many hearts there are; undefined where the box takes none. Rejects where it took no report. */
async function post(body: string): Promise<number | undefined> {
  const signal = timeoutSignal(TIMEOUT_MS);
  const response = await fetch('beacon', { method: 'POST', body, keepalive: true, signal });
  if (!response.ok) throw new Error(`report refused: ${response.status}`);
  if (response.status === 204) return undefined;
  const { hearts } = (await response.json()) as { readonly hearts?: unknown };
  return typeof hearts === 'number' ? hearts : undefined;
}

function randomId(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(12));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
}
