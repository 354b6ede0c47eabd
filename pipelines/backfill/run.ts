/** Fills gaps one after the other, the oldest first, and remembers how far it has come. */
import { pause } from '../../hal/os/async.ts';
import type { Clock } from '../../hal/os/clock.ts';
import { type Log, messageOf } from '../../hal/os/log.ts';
import { openSaved, type Saved } from '../../hal/os/state/saved.ts';
import { type Gap, type Gaps, savedGaps, stepGaps } from './gaps.ts';
import type { BackfillFigures, BackfillSettings, SendPath, ToBackfill } from './messages.ts';
import { HeldUp, Pace } from './pace.ts';
import { type Piece, planPieces } from './plan.ts';
import { putFile, Refused } from './put.ts';
import { digestOf, readJournals, readPiece } from './recordings.ts';
import { rsyncFile } from './rsync.ts';

export interface BackfillDeps {
  readonly clock: Clock;
  readonly log: Log;
}

/** Recordings are synced several times a second, and a segment has four. */
const CHECK_MS = 1_000;
const FIRST_PAUSE_MS = 1_000;
const MAX_PAUSE_MS = 60_000;
/** After a drop recorders close their files; then what is not there will not come. */
const OVER_MS = 30_000;
/** The far end has the name with other bytes: sending it again changes nothing. */
const TAKEN = 409;
/** Nor does it with these, but that bytes may have changed on the way: after a few tries it is lost. */
const UNWANTED: readonly number[] = [400, 413, 422];
const TRIES = 5;

/** The recording is gone, or is shorter than its journal says. */
class Unreadable extends Error {}

export class Backfill {
  readonly #settings: BackfillSettings;
  readonly #deps: BackfillDeps;
  readonly #pace: Pace;
  readonly #saved: Saved<Gaps>;
  #gaps: readonly Gap[];
  #phase: BackfillFigures['phase'] = 'idle';
  #reason: string | undefined;
  #sentBytes = 0;
  #filled = 0;
  #lost = 0;
  /** How often the oldest gap could not be sent for a reason of its own. */
  #tried = { fromMs: 0, times: 0 };
  #liveMs: number;
  /** Stream time at which the far end got all last, in this drop. */
  #goodMs: number | undefined;
  /** By link, since it was last asked for. */
  #carried = new Map<string, number>();

  constructor(settings: BackfillSettings, deps: BackfillDeps) {
    this.#settings = settings;
    this.#deps = deps;
    this.#saved = openSaved<Gaps>(settings.stateFile, savedGaps, { what: 'gaps', log: deps.log });
    this.#gaps = this.#saved.value?.gaps ?? [];
    this.#pace = new Pace(deps.clock);
    this.#liveMs = deps.clock.monotonicMs();
  }

  observe({ observation, sendPath }: ToBackfill): void {
    this.#pace.sendPath = sendPath;
    if (observation.isLive) this.#liveMs = this.#deps.clock.monotonicMs();
    const before = this.#gaps;
    this.#set(stepGaps(before, observation, this.#settings.margins, this.#goodMs));
    if (!observation.isLive) this.#goodMs = undefined;
    else if (!observation.isDark) this.#goodMs = observation.nowMs;
    if (this.#gaps.length > before.length)
      this.#deps.log.info('gap in the recording of the receiver');
  }

  /** What each link has carried since the last call, with headers. */
  takeCarried(): ReadonlyMap<string, number> {
    const carried = this.#carried;
    this.#carried = new Map();
    return carried;
  }

  figures(): BackfillFigures {
    return {
      phase: this.#gaps.length === 0 ? 'idle' : this.#phase,
      ...(this.#reason === undefined ? {} : { reason: this.#reason }),
      gaps: this.#gaps.length,
      sentBytesTotal: this.#sentBytes,
      filledTotal: this.#filled,
      lostTotal: this.#lost,
    };
  }

  /** Runs until `signal` aborts. */
  async run(signal: AbortSignal): Promise<void> {
    let pauseMs = FIRST_PAUSE_MS;
    while (!signal.aborted) {
      try {
        this.#phase = (await this.#fillNext(signal)) ? 'sending' : 'waiting';
        this.#reason = undefined;
        pauseMs = FIRST_PAUSE_MS;
        await pause(this.#deps.clock, CHECK_MS, signal);
      } catch (error) {
        if (signal.aborted) break;
        if (this.#isGivenUp(error)) {
          pauseMs = FIRST_PAUSE_MS;
          continue;
        }
        this.#onFailure(error, pauseMs);
        await pause(this.#deps.clock, pauseMs, signal);
        if (!(error instanceof HeldUp)) pauseMs = Math.min(2 * pauseMs, MAX_PAUSE_MS);
      }
    }
    await this.#saved.settled();
  }

  #onFailure(error: unknown, pauseMs: number): void {
    this.#phase = error instanceof HeldUp ? 'waiting' : 'failed';
    const reason = messageOf(error);
    if (reason !== this.#reason) this.#deps.log.warn('back-fill paused', { reason, pauseMs });
    this.#reason = reason;
  }

  /** One gap that can never be sent must not hold up all that come after it. */
  #isGivenUp(error: unknown): boolean {
    const isUnwanted = error instanceof Refused && UNWANTED.includes(error.status);
    const [gap] = this.#gaps;
    if (gap === undefined || !(isUnwanted || error instanceof Unreadable)) return false;
    const { fromMs } = gap;
    const times = this.#tried.fromMs === fromMs ? this.#tried.times + 1 : 1;
    this.#tried = { fromMs, times };
    // One that is open again is planned again when it has ended.
    if (times < TRIES || gap.untilMs === undefined) return false;
    this.#lost += 1;
    const from = new Date(fromMs).toISOString();
    this.#deps.log.warn('gap given up', { from, reason: messageOf(error) });
    this.#replace(gap, undefined);
    return true;
  }

  /** @returns false where there is nothing to send now. */
  async #fillNext(signal: AbortSignal): Promise<boolean> {
    const [gap] = this.#gaps;
    if (gap?.untilMs === undefined || this.#pace.sendPath.bps <= 0) return false;
    const plan = await this.#planOf(gap);
    if (plan === undefined) return false;
    if (plan.pieces.length === 0) {
      this.#lost += 1;
      this.#deps.log.warn('no recording of a gap', { from: new Date(gap.fromMs).toISOString() });
    }
    let sent = gap.sent;
    for (const [i, piece] of plan.pieces.entries()) {
      this.#phase = 'sending';
      const bytes = await readPiece(plan.folder, piece).catch((cause: unknown) => {
        throw new Unreadable(messageOf(cause), { cause });
      });
      const digest = digestOf(bytes);
      // What was sent before a restart; a recording that was repaired since is sent again.
      if (sent[i] === digest) continue;
      await this.#send(piece, bytes, signal);
      sent = [...sent.slice(0, i), digest];
      if (!this.#replace(gap, { ...gap, sent })) return true;
    }
    if (plan.pieces.length > 0) {
      this.#filled += 1;
      this.#deps.log.info('gap filled', { files: plan.pieces.length });
    }
    this.#replace(gap, undefined);
    return true;
  }

  /** From the first folder that has it. */
  async #planOf(
    gap: Gap,
  ): Promise<{ readonly folder: string; readonly pieces: readonly Piece[] } | undefined> {
    const isOver = this.#deps.clock.monotonicMs() - this.#liveMs > OVER_MS;
    const plans = [];
    for (const folder of this.#settings.folders) {
      const pieces = planPieces(gap, await readJournals(folder, gap), isOver);
      if (pieces !== undefined) plans.push({ folder, pieces });
    }
    return plans.find(({ pieces }) => pieces.length > 0) ?? plans[0];
  }

  async #send(piece: Piece, bytes: Buffer, signal: AbortSignal): Promise<void> {
    const { box, ...farEnd } = this.#settings;
    const onCarried = ({ link }: SendPath, count: number) => {
      if (link === undefined) return;
      this.#carried.set(link, (this.#carried.get(link) ?? 0) + count);
    };
    try {
      const sendFile = /^(?:rsync|ssh):/.test(farEnd.url) ? rsyncFile : putFile;
      const deps = { pace: this.#pace, onCarried };
      await sendFile(farEnd, `${box}/${piece.path}`, bytes, deps, signal);
      this.#sentBytes += bytes.length;
    } catch (error) {
      if (!(error instanceof Refused) || error.status !== TAKEN) throw error;
      this.#deps.log.warn('receiver has another file', { path: piece.path });
    }
  }

  /**
   * @param next Undefined where it is filled.
   * @returns false where the gap has grown meanwhile: then it is planned again.
   */
  #replace(gap: Gap, next: Gap | undefined): boolean {
    const isSame = (one: Gap) => one.fromMs === gap.fromMs && one.untilMs === gap.untilMs;
    if (!this.#gaps.some(isSame)) return false;
    this.#set(
      this.#gaps.flatMap((one) => (isSame(one) ? (next === undefined ? [] : [next]) : [one])),
    );
    return true;
  }

  #set(gaps: readonly Gap[]): void {
    if (gaps === this.#gaps) return;
    this.#gaps = gaps;
    void this.#saved.save({ gaps });
  }
}
