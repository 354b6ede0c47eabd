/** Code, title and lower third: what is in the picture now, and what changes it. */
import { every } from '../../hal/os/async.ts';
import { type ClockAndLog, messageOf } from '../../hal/os/log.ts';
import { type CodeSizes, codeSizes } from '../../pipelines/overlay/code-sprite.ts';
import type { PictureSize } from '../../pipelines/overlay/layout.ts';
import { drawOverlay, type WantedOverlay } from '../../pipelines/overlay/overlay.ts';
import type { Scan } from '../../pipelines/scan/messages.ts';
import type { OverlayPicture } from '../media/media-path.ts';
import type { BoxEvent, Outcome } from '../model/commands.ts';
import type { OverlayContent, OverlayState } from '../model/overlay.ts';
import { hasCamera } from '../model/phase.ts';
import type { BoxSnapshot, DropPhase } from '../model/snapshot.ts';
import { resolveLink } from './link.ts';
import { ownOf, type PlannedOverlay } from './planned.ts';
import { type Judged, judge, readingsOf, shareOf, unjudged } from './reading.ts';
import { type OverlayRequest, parseOverlayRequest, parseSavedRequest } from './request.ts';
import type { SavedOverlay } from './saved-request.ts';
import { isDue, type Schedule } from './schedule.ts';

type SeenBox = Pick<BoxSnapshot, 'drop' | 'playerUrl' | 'shop' | 'scan'>;

export interface OverlayOptions {
  readonly planned: () => PlannedOverlay;
  readonly picture: () => PictureSize;
  /** The shorter side of the smallest rendition. */
  readonly smallestPx: () => number;
}

export interface OverlayDeps extends ClockAndLog {
  readonly show: (picture: OverlayPicture) => void;
  readonly snapshot: () => SeenBox;
  readonly onEvent: (event: BoxEvent) => void;
  readonly asked: SavedOverlay;
}

/** A code that is in the picture. */
interface Code {
  readonly link: string;
  /** What was asked for: another corner or size restarts it. */
  readonly wanted: string;
  readonly sizes: CodeSizes;
  readonly judged: Judged;
}

/** A change is in the picture within a second; most of that is for the texts to be drawn. */
const TICK_MS = 250;

export class Overlay {
  readonly #options: OverlayOptions;
  readonly #deps: OverlayDeps;
  #planned: PlannedOverlay;
  #content: OverlayContent;
  /** Of the config; a command that changes the code ends it. */
  #schedule: Schedule | undefined;
  /** Monotonic; the code goes then. */
  #hidesMs: number | undefined;
  /** Monotonic; undefined while no drop is live. */
  #liveSinceMs: number | undefined;
  #code: Code | undefined;
  #missing: string | undefined;
  #scanId = 0;
  #lastScan: Scan | undefined;
  /** What was drawn last, as JSON: the same is not drawn again. */
  #drawn = JSON.stringify({ code: undefined, title: '', name: '', line: '' });

  constructor(options: OverlayOptions, deps: OverlayDeps) {
    this.#options = options;
    this.#deps = deps;
    this.#planned = options.planned();
    this.#content = this.#planned.content;
    this.#schedule = this.#planned.schedule;
  }

  /** Carries out the command `overlay`. */
  readonly command = (args: Readonly<Record<string, unknown>>, isDryRun: boolean): Outcome => {
    const request = parseOverlayRequest(args, this.#planned.hosts);
    if (typeof request === 'string') {
      return { status: 'rejected', code: 'BAD_ARGUMENTS', detail: request };
    }
    if (isDryRun) return { status: 'done', detail: 'would change what is in the picture' };
    this.#apply(args, request);
    this.#refresh();
    return { status: 'done', detail: describe(this.state()), result: this.state() };
  };

  #apply(args: Readonly<Record<string, unknown>>, { content, forS }: OverlayRequest): void {
    const { asked, clock } = this.#deps;
    this.#content = { ...this.#content, ...content };
    const isOfCode = content.code !== undefined;
    asked.note(args, isOfCode ? forS : undefined);
    if (!isOfCode) return;
    this.#schedule = undefined;
    this.#hidesMs = forS === 0 ? undefined : clock.monotonicMs() + forS * 1000;
  }

  state(): OverlayState {
    const code = this.#code;
    return {
      ...this.#content,
      ...(this.#missing === undefined ? {} : { missing: this.#missing }),
      ...(code && {
        shown: {
          link: code.link,
          sizePct: Math.round(code.judged.sizePct),
          readability: code.judged.readability,
          readings: readingsOf(code.judged),
        },
      }),
    };
  }

  readonly run = async (signal: AbortSignal): Promise<void> => {
    const { asked } = this.#deps;
    this.#refresh();
    await every(TICK_MS, signal, () => this.#refresh());
    await asked.settled();
  };

  /** Compares what is to be in the picture with what is. */
  #refresh(): void {
    const box = this.#deps.snapshot();
    this.#notePlanned();
    this.#noteLive(box);
    this.#goOn(box);
    this.#code = this.#chooseCode(box);
    this.#judge(box);
    const { corner, title, name, line } = this.#content;
    const code = this.#code && {
      ...{ link: this.#code.link, corner, sizePct: this.#code.judged.sizePct },
    };
    const wanted = { code, title, name, line };
    const text = JSON.stringify([wanted, this.#options.picture()]);
    if (text === this.#drawn) return;
    this.#drawn = text;
    void this.#draw(wanted, text);
  }

  /** Another drop has another overlay, and what was asked for is over with the last one. */
  #notePlanned(): void {
    const planned = this.#options.planned();
    const isSame = ownOf(planned) === ownOf(this.#planned);
    this.#planned = planned;
    if (isSame) return;
    this.#content = planned.content;
    this.#schedule = planned.schedule;
    this.#hidesMs = undefined;
    this.#deps.asked.forget();
  }

  /** With what was asked for before a restart of the box. */
  #goOn({ drop }: SeenBox): void {
    const { asked } = this.#deps;
    const saved = asked.again(drop);
    const again = saved && parseSavedRequest(saved, this.#planned.hosts);
    if (again !== undefined) this.#apply(again.args, again.request);
    asked.save(drop);
  }

  #noteLive({ drop }: SeenBox): void {
    const { clock } = this.#deps;
    if (drop.phase !== 'live') this.#liveSinceMs = undefined;
    // The machine's clock may be set later on.
    else this.#liveSinceMs ??= clock.monotonicMs() - Math.max(0, clock.wallMs() - drop.sinceMs);
  }

  #isDue(phase: DropPhase): boolean {
    const nowMs = this.#deps.clock.monotonicMs();
    if (this.#hidesMs !== undefined && nowMs >= this.#hidesMs) {
      this.#hidesMs = undefined;
      this.#content = { ...this.#content, code: 'none' };
    }
    if (this.#content.code === 'none' || !hasCamera(phase)) return false;
    const sinceMs = this.#liveSinceMs;
    const liveForS = sinceMs === undefined ? undefined : (nowMs - sinceMs) / 1000;
    return this.#schedule === undefined || isDue(this.#schedule, liveForS);
  }

  #chooseCode(box: SeenBox): Code | undefined {
    this.#missing = undefined;
    if (!this.#isDue(box.drop.phase)) return undefined;
    const { smallestPx } = this.#options;
    const picture = this.#options.picture();
    const { code, corner, sizePct } = this.#content;
    const resolved = resolveLink(code, box, this.#planned.hosts);
    if ('missing' in resolved) {
      this.#missing = resolved.missing;
      return undefined;
    }
    const { link } = resolved;
    const wanted = `${corner} ${sizePct} ${picture.widthPx}x${picture.heightPx}`;
    if (this.#code?.link === link && this.#code.wanted === wanted) return this.#code;
    const sizes = codeSizes(link, picture, smallestPx());
    if (sizes === undefined) {
      this.#missing = 'the picture is too small for so long a link';
      return undefined;
    }
    return { link, wanted, sizes, judged: unjudged(sizePct, sizes) };
  }

  /** By what was read of this code since the last call. */
  #judge({ scan }: SeenBox): void {
    const code = this.#code;
    if (scan === undefined || scan === this.#lastScan || code === undefined) return;
    this.#lastScan = scan;
    if (scan.id !== this.#scanId) return;
    const judged = judge(code.judged, scan, code.link, code.sizes);
    if (judged.sizePct > code.judged.sizePct) {
      this.#deps.log.warn('QR code enlarged', { sizePct: Math.round(judged.sizePct) });
    }
    this.#code = { ...code, judged };
  }

  async #draw(wanted: WantedOverlay, text: string): Promise<void> {
    const picture = this.#options.picture();
    const { show, log, onEvent, clock } = this.#deps;
    const { sprites, codeArea, textFault } = await drawOverlay(wanted, picture);
    // Another one was asked for meanwhile.
    if (text !== this.#drawn) return;
    if (textFault !== undefined) log.warn('text not drawn', { reason: messageOf(textFault) });
    this.#scanId += 1;
    const scan = codeArea && { id: this.#scanId, area: shareOf(codeArea, picture) };
    show({ sprites, scan });
    const { code, ...texts } = wanted;
    const { link = null, corner = null, sizePct } = code ?? {};
    const size_pct = sizePct === undefined ? null : Math.round(sizePct);
    const data = { code: link, corner, size_pct, ...texts };
    onEvent({ type: 'overlay.changed', severity: 'info', atMs: clock.wallMs(), data });
  }
}

function describe({ code, shown, missing }: OverlayState): string {
  if (missing !== undefined) return `no code is shown: ${missing}`;
  if (shown !== undefined) return `the code leads to ${shown.link}`;
  return code === 'none'
    ? 'no code is shown'
    : 'the code is shown while there is a picture, and at its time';
}
