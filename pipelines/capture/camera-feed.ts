/** Feeds the encoders with pictures in a constant rate, whatever the camera does. */
import { type BridgePhase, black, bridgePhase, dim } from '../source/bridge.ts';
import { FramePacer, type PacedFrame } from '../source/frame-pacer.ts';
import { CameraChoice, type CameraKind } from './camera-choice.ts';
import { stampClock } from './clock-stamp.ts';
import type { SourceInput } from './source-input.ts';

export interface PictureSettings {
  readonly widthPx: number;
  readonly heightPx: number;
  readonly fps: number;
  /** There is a second camera to switch to. */
  readonly hasSecond?: boolean;
  /** File with the title picture, raw I420 of that size; empty: black. */
  readonly titleFile: string;
  /** File with the text's coverage, one byte a pixel; empty: no text. */
  readonly textFile: string;
}

export interface CameraFigures {
  readonly phase: BridgePhase;
  /** Frames of the first camera in the last second. */
  readonly framesPerS: number;
  /** Left out where there is one camera. */
  readonly second?: { readonly framesPerS: number; readonly isOnAir: boolean };
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

/** One camera, or two of which one is on air. */
export class CameraFeed {
  readonly #settings: PictureSettings;
  readonly #deps: CameraFeedDeps;
  readonly #startUs: number;
  readonly #pacer: FramePacer<Buffer>;
  readonly #title: Buffer;
  readonly #mask: Buffer;
  #timer: NodeJS.Timeout | undefined;
  readonly #clocksUs = new Map<CameraKind, number>();
  readonly #choice: CameraChoice;
  #onAir: CameraKind = 'camera';
  /** Frames of each camera since the last figures. */
  readonly #came = new Map<CameraKind, number>();
  #lastFrameUs: number | undefined;
  /** The last picture darkened, while it is shown. */
  #dimmed: Buffer | undefined;
  #hasBegun = false;
  #hasClock = false;
  #repeatedTotal = 0;

  /** @param startUs CLOCK_MONOTONIC at the encoders' running time 0. */
  constructor(settings: PictureSettings, startUs: number, deps: CameraFeedDeps) {
    this.#settings = settings;
    this.#deps = deps;
    this.#startUs = startUs;
    this.#pacer = new FramePacer({ fps: settings.fps, startUs });
    this.#choice = new CameraChoice(startUs);
    const { widthPx, heightPx } = settings;
    this.#title = this.#read(settings.titleFile) ?? black(widthPx, heightPx);
    this.#mask = this.#read(settings.textFile) ?? Buffer.alloc(0);
    this.#wait();
  }

  /** A camera, as what its processes are read into. */
  input(kind: CameraKind): SourceInput {
    return {
      begin: () => {
        this.#clocksUs.delete(kind);
        if (kind === this.#onAir) this.#pacer.reset();
      },
      setClock: (clockUs) => void this.#clocksUs.set(kind, clockUs),
      // The size is agreed on; frames of another are left out.
      setCaps: () => undefined,
      add: (frame, runningUs) => this.#add(kind, frame, runningUs),
    };
  }

  /** Puts a camera on air: its next frame is the next picture. */
  choose(kind: CameraKind): void {
    this.#choice.choose(kind, this.#deps.nowUs());
  }

  /** Burns the capture time, in ms of CLOCK_MONOTONIC, into each picture, or no more. */
  showClock(isOn: boolean): void {
    this.#hasClock = isOn;
  }

  #add(kind: CameraKind, frame: Buffer, runningUs: number | undefined): void {
    if (frame.length !== this.#title.length) return;
    const nowUs = this.#deps.nowUs();
    this.#came.set(kind, (this.#came.get(kind) ?? 0) + 1);
    this.#choice.noteFrame(kind, nowUs);
    const onAir = this.#choice.onAir(nowUs);
    // What is known of the other one's delays says nothing of this one's. Its last picture stands
    // until the first of this one, while its buffers are filled with new ones.
    if (onAir !== this.#onAir) this.#pacer.reset((shown) => Buffer.from(shown));
    this.#onAir = onAir;
    if (kind !== onAir) return;
    this.#lastFrameUs = nowUs;
    this.#dimmed = undefined;
    this.#send(this.#pacer.add(frame, this.#capturedUs(kind, runningUs), nowUs));
    this.#wait();
  }

  /** Figures of the second since the last call. */
  takeFigures(): CameraFigures {
    const came = (kind: CameraKind) => this.#came.get(kind) ?? 0;
    const second = this.#settings.hasSecond
      ? { second: { framesPerS: came('camera2'), isOnAir: this.#onAir === 'camera2' } }
      : {};
    const framesPerS = came('camera');
    this.#came.clear();
    return { phase: this.#phase(), framesPerS, repeatedTotal: this.#repeatedTotal, ...second };
  }

  stop(): void {
    clearTimeout(this.#timer);
  }

  #capturedUs(kind: CameraKind, runningUs: number | undefined): number | undefined {
    const clockUs = this.#clocksUs.get(kind);
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
    for (const { index, frame, isRepeat, takenUs } of frames) {
      const picture = isRepeat ? this.#substitute(frame) : frame;
      if (picture === undefined) continue;
      if (!this.#hasBegun) this.#deps.onFirst();
      this.#hasBegun = true;
      if (isRepeat) this.#repeatedTotal += 1;
      const { fps } = this.#settings;
      // A repeat has the time of its place: the clock goes on while the picture stands.
      const capturedMs = (takenUs ?? this.#startUs + (index * 1e6) / fps) / 1000;
      const shown = this.#hasClock ? stampClock(picture, this.#settings, capturedMs) : picture;
      this.#deps.push(shown, BigInt(Math.round((index * 1e9) / fps)));
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
