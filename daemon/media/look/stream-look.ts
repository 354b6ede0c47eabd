/**
 * The look of the drop over the stream, and never over what is recorded: where something is
 * recorded, viewers get the look only while the recordings' track has an encoder of its own.
 */
import { pause } from '../../../hal/os/async.ts';
import type { SourceFigures, ToCapture } from '../../../pipelines/capture/messages.ts';
import { CLEAN_TRACK, hasLook } from '../../config/capture.ts';
import { type Config, topRendition } from '../../config/config.ts';
import type { LookState } from '../../model/look.ts';
import { nameOf, type PrepareDeps, type Prepared, prepareLook } from './prepare.ts';

export interface StreamLookDeps extends PrepareDeps {
  readonly config: () => Pick<Config, 'camera' | 'recording' | 'renditions'>;
  readonly toCapture: (message: ToCapture) => void;
  /** What {@link StreamLook.substitutes} adds is another than before. */
  readonly onNeed: () => void;
  readonly onLook: (look: LookState | undefined) => void;
}

/** By rendition, the one that is sent in its place. */
type Substitutes = Readonly<Record<string, string>>;

const EVERY_MS = 500;
/** Frames with the look are still in the encoders: until then recordings are not made of them. */
const DRAIN_MS = 2_000;
/** More of the time between two frames leaves none to encode them in time. */
const SLOW_SHARE = 0.8;
const SLOW_S = 3;
/** Reports of the media process come once a second; the first may be from before a change. */
const REPORTS = 2;

export class StreamLook {
  /** The stream has a track for recordings, beside what viewers get. */
  hasClean: boolean;
  readonly #deps: StreamLookDeps;
  #isStreaming = false;
  #isShed = false;
  #prepared: Prepared | undefined;
  /** The table over the picture; empty for none. */
  #shown = '';
  #drainedMs = 0;
  #needsClean: boolean;
  /** Reports since `needsClean` that said that the track has its own encoder. */
  #ownReports = REPORTS;
  #cost: LookState['cost'];
  #slowS = 0;
  #reported = '';

  constructor(deps: StreamLookDeps) {
    this.#deps = deps;
    this.hasClean = this.#isCleanDue();
    this.#needsClean = this.hasClean;
  }

  /** The table over the picture: for a capture process that has started, which has none. */
  get file(): string {
    return this.#shown;
  }

  /** Where no look is over the picture, the recordings' track is made of the best that viewers get. */
  substitutes(others: Substitutes): Substitutes {
    if (this.#needsClean || !this.hasClean) return others;
    const top = topRendition(this.#deps.config())?.name ?? '';
    return { ...others, [CLEAN_TRACK]: others[top] ?? top };
  }

  /** A stream begins. True where it has other tracks than the last one. */
  begin(): boolean {
    const before = this.hasClean;
    this.hasClean = this.#isCleanDue();
    this.#isStreaming = true;
    this.#shown = '';
    this.#drainedMs = 0;
    this.#needsClean = this.hasClean && this.#isWanted();
    this.#ownReports = this.#needsClean ? REPORTS : 0;
    this.#deps.onNeed();
    this.#refresh();
    return this.hasClean !== before;
  }

  end(): void {
    this.#isStreaming = false;
    this.#cost = undefined;
    this.#refresh();
  }

  /** Off to save power, or no more. */
  shed(isShed: boolean): void {
    this.#isShed = isShed;
    this.#refresh();
  }

  /** @param substitutes By track, the one whose pictures it has now, of the media process. */
  onFigures(substitutes: Substitutes): void {
    if (CLEAN_TRACK in substitutes || !this.#needsClean) this.#ownReports = 0;
    else this.#ownReports += 1;
    this.#refresh();
  }

  onSources({ look }: SourceFigures): void {
    const frameMs = 1000 / this.#deps.config().camera.fps;
    this.#cost = look && { frameCostMs: look.costMs, frameMs };
    const isSlow = look !== undefined && look.fastestMs > SLOW_SHARE * frameMs;
    this.#slowS = isSlow ? this.#slowS + 1 : 0;
    if (look !== undefined && this.#slowS >= SLOW_S && this.#prepared !== undefined) {
      const needs = `${look.fastestMs.toFixed(0)} ms for a frame, and has ${frameMs.toFixed(0)}`;
      const fault = `this machine needs ${needs}: lower camera.height or camera.fps`;
      // It would be as slow again.
      this.#prepared = { key: this.#prepared.key, atMs: Number.POSITIVE_INFINITY, fault };
      this.#deps.log.error('look refused', { reason: fault });
    }
    this.#refresh();
  }

  readonly run = async (signal: AbortSignal): Promise<void> => {
    do {
      const before = this.#prepared;
      const prepared = await prepareLook(before, this.#deps, signal);
      if (prepared !== before) this.#prepared = prepared;
      this.#refresh();
    } while (await pause(this.#deps.clock, EVERY_MS, signal));
  };

  #isCleanDue(): boolean {
    return this.#isRecorded() && hasLook(this.#deps.presentDrop().look);
  }

  #isRecorded(): boolean {
    return this.#deps.config().recording.targets.length > 0;
  }

  #isWanted(): boolean {
    const isRefused = this.#prepared?.fault !== undefined;
    return hasLook(this.#deps.presentDrop().look) && !this.#isShed && !isRefused;
  }

  /** Compares what is over the picture with what is to be. */
  #refresh(): void {
    const nowMs = this.#deps.clock.monotonicMs();
    const isWanted = this.#isWanted();
    const file = (isWanted && this.#prepared?.file) || '';
    const isAllowed = !this.#isRecorded() || (this.hasClean && this.#ownReports >= REPORTS);
    const next = isAllowed ? file : '';
    if (next !== this.#shown) {
      if (next === '') this.#drainedMs = nowMs + DRAIN_MS;
      this.#shown = next;
      this.#deps.toCapture({ type: 'look', file: next });
    }
    const isDraining = nowMs < this.#drainedMs;
    const needsClean = this.hasClean && (isWanted || next !== '' || isDraining);
    if (needsClean !== this.#needsClean) {
      this.#needsClean = needsClean;
      this.#ownReports = 0;
      this.#deps.onNeed();
    }
    this.#report();
  }

  #report(): void {
    const look = this.#state();
    const text = JSON.stringify(look) ?? '';
    if (text === this.#reported) return;
    this.#reported = text;
    this.#deps.onLook(look);
  }

  #state(): LookState | undefined {
    const { look } = this.#deps.presentDrop();
    if (!hasLook(look)) return undefined;
    const { file, fault } = this.#prepared ?? {};
    const of = { name: nameOf(look), strength: look.strength };
    if (fault !== undefined) return { ...of, phase: 'refused', reason: fault };
    if (file === undefined) return { ...of, phase: 'preparing' };
    if (this.#isShed) return { ...of, phase: 'shed' };
    if (!this.#isStreaming) return { ...of, phase: 'ready' };
    if (this.#isRecorded() && !this.hasClean) return { ...of, phase: 'later' };
    if (this.#shown !== file) return { ...of, phase: 'preparing' };
    return { ...of, phase: 'shown', ...(this.#cost && { cost: this.#cost }) };
  }
}
