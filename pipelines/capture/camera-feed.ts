/** Feeds the encoders with pictures in a constant rate, whatever the camera does. */
import { type BridgePhase, black, bridgePhase, dim } from '../source/bridge.ts';
import { FramePacer, type PacedFrame } from '../source/frame-pacer.ts';
import type { SourceInput } from './source-input.ts';

export interface PictureSettings {
  readonly widthPx: number;
  readonly heightPx: number;
  readonly fps: number;
  /** File with the title picture, raw I420 of that size; empty: black. */
  readonly titleFile: string;
  /** File with the text's coverage, one byte a pixel; empty: no text. */
  readonly textFile: string;
}

export interface CameraFigures {
  readonly phase: BridgePhase;
  /** Frames that came in the last second. */
  readonly framesPerS: number;
  /** Frames that were shown again since the start, for want of one. */
  readonly repeatedTotal: number;
}

export interface CameraFeedDeps {
  readonly push: (frame: Buffer, ptsNs: bigint) => void;
  readonly nowUs: () => number;
  /** The first picture goes out. */
  readonly onFirst: () => void;
  /** Reads a raw file whole; throws where it cannot. */
  readonly readFile: (path: string) => Buffer;
}

/** A camera that is just starting gets so long before something else is shown. */
const FIRST_FRAME_US = 1_000_000;

export class CameraFeed implements SourceInput {
  readonly #settings: PictureSettings;
  readonly #deps: CameraFeedDeps;
  readonly #startUs: number;
  readonly #pacer: FramePacer<Buffer>;
  readonly #title: Buffer;
  readonly #mask: Buffer;
  #timer: NodeJS.Timeout | undefined;
  #sourceClockUs: number | undefined;
  #lastFrameUs: number | undefined;
  /** The last picture darkened, while it is shown. */
  #dimmed: Buffer | undefined;
  #hasBegun = false;
  #camePerS = 0;
  #repeatedTotal = 0;

  /** @param startUs CLOCK_MONOTONIC at the encoders' running time 0. */
  constructor(settings: PictureSettings, startUs: number, deps: CameraFeedDeps) {
    this.#settings = settings;
    this.#deps = deps;
    this.#startUs = startUs;
    this.#pacer = new FramePacer({ fps: settings.fps, startUs });
    const { widthPx, heightPx } = settings;
    this.#title = this.#read(settings.titleFile) ?? black(widthPx, heightPx);
    this.#mask = this.#read(settings.textFile) ?? Buffer.alloc(0);
    this.#wait();
  }

  begin(): void {
    this.#sourceClockUs = undefined;
    this.#pacer.reset();
  }

  setClock(clockUs: number): void {
    this.#sourceClockUs = clockUs;
  }

  setCaps(): void {
    // The size is agreed on; frames of another are left out.
  }

  add(frame: Buffer, runningUs: number | undefined): void {
    if (frame.length !== this.#title.length) return;
    const nowUs = this.#deps.nowUs();
    this.#lastFrameUs = nowUs;
    this.#dimmed = undefined;
    this.#camePerS += 1;
    this.#send(this.#pacer.add(frame, this.#capturedUs(runningUs), nowUs));
    this.#wait();
  }

  /** Figures of the second since the last call. */
  takeFigures(): CameraFigures {
    const framesPerS = this.#camePerS;
    this.#camePerS = 0;
    return { phase: this.#phase(), framesPerS, repeatedTotal: this.#repeatedTotal };
  }

  stop(): void {
    clearTimeout(this.#timer);
  }

  #capturedUs(runningUs: number | undefined): number | undefined {
    const clockUs = this.#sourceClockUs;
    return clockUs === undefined || runningUs === undefined ? undefined : clockUs + runningUs;
  }

  #phase(): BridgePhase {
    const last = this.#lastFrameUs;
    return bridgePhase(last === undefined ? undefined : this.#deps.nowUs() - last);
  }

  #wait(): void {
    clearTimeout(this.#timer);
    const waitMs = (this.#pacer.nextDueUs - this.#deps.nowUs()) / 1000;
    this.#timer = setTimeout(
      () => {
        this.#send(this.#pacer.tick(this.#deps.nowUs()));
        this.#wait();
      },
      Math.max(0, Math.ceil(waitMs)),
    );
  }

  #send(frames: readonly PacedFrame<Buffer>[]): void {
    for (const { index, frame, isRepeat } of frames) {
      const picture = isRepeat ? this.#substitute(frame) : frame;
      if (picture === undefined) continue;
      if (!this.#hasBegun) this.#deps.onFirst();
      this.#hasBegun = true;
      if (isRepeat) this.#repeatedTotal += 1;
      this.#deps.push(picture, BigInt(Math.round((index * 1e9) / this.#settings.fps)));
    }
  }

  /** What is shown where the camera brought nothing. */
  #substitute(last: Buffer | undefined): Buffer | undefined {
    if (last === undefined) {
      // The encoders wait a moment rather than begin with a picture that is none.
      const isEarly = this.#deps.nowUs() - this.#startUs < FIRST_FRAME_US;
      return isEarly ? undefined : this.#title;
    }
    switch (this.#phase()) {
      case 'title':
        return this.#title;
      case 'dimmed':
        this.#dimmed ??= dim(last, { ...this.#settings, mask: this.#mask });
        return this.#dimmed;
      default:
        return last;
    }
  }

  #read(path: string): Buffer | undefined {
    return path === '' ? undefined : this.#deps.readFile(path);
  }
}
