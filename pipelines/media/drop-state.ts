/** Whether a drop is live or has just ended, and what of the media process follows from that. */
import type { NotLiveFilter } from '../origin/not-live.ts';
import type { Presentation } from '../packager/presentation.ts';
import type { DropOnPage, DropProgress, ShopOnPage } from '../player/drop-json.ts';
import { ITEM_SIZE, TITLE_SIZE } from '../player/pictures/picture-file.ts';
import type { PictureSize, Pictures } from '../player/pictures/pictures.ts';
import type { Archive } from './archive.ts';
import { startOf } from './drop-id.ts';
import type { MediaClock } from './media-clock.ts';
import type { ToMedia } from './messages.ts';

export interface DropStateDeps {
  readonly presentation: Presentation;
  readonly archive: Archive;
  readonly notLive: NotLiveFilter;
  readonly clock: MediaClock;
  readonly pictures: Pictures;
  /** Title or pictures may be others now. */
  readonly onChange: () => void;
}

export class DropState {
  readonly #deps: DropStateDeps;
  /** Until the daemon says what is shown after the end. */
  #hasJustEnded = false;
  #dropId: string | undefined;
  #shop: ShopOnPage | undefined;
  /** Undefined until the daemon has named one. */
  #shown: DropOnPage | undefined;
  /** The present or last drop; undefined where none is known. */
  #ofDrop: string | undefined;
  /** Its start, Unix time in ms. */
  #sinceMs = 0;

  constructor(deps: DropStateDeps) {
    this.#deps = deps;
  }

  /** For guests: until the next drop begins, or is near, the last one is over. */
  progress(): DropProgress {
    const { hasReplay, ...ofArchive } = this.#deps.archive.forGuests(this.#sinceMs);
    const hasEnded = this.#hasJustEnded || this.#shown?.last !== undefined;
    const isOver = hasEnded && this.#dropId === undefined && this.#shown?.isNextNearer !== true;
    const liveSince = startOf(this.#dropId);
    const shop = this.#shop === undefined ? {} : { shop: this.#withPictures(this.#shop) };
    return {
      isOver,
      liveSince,
      hasReplay: isOver && hasReplay,
      ...ofArchive,
      ...shop,
      ...this.#drop(isOver),
      ...(this.#shown?.isClockFree === true && { isClockFree: true }),
    };
  }

  /** A profile for all guests who do not choose one. */
  get profile(): string | undefined {
    return this.#shown?.profile;
  }

  /** Guests may send hearts; undefined until the daemon has said so. */
  get hasReactions(): boolean | undefined {
    return this.#shown?.hasReactions;
  }

  /** File of its picture. */
  get pictureFile(): string | undefined {
    return this.#shown?.pictureFile;
  }

  /** The drop that is on or comes next. */
  show(drop: DropOnPage): void {
    this.#shown = drop;
    this.#hasJustEnded = false;
    if (this.#dropId === undefined) {
      this.#countFrom(drop.last?.dropId);
      if (drop.last !== undefined) this.#deps.archive.showLast(drop.last.dropId);
    }
    this.#deps.onChange();
    this.#refreshPictures();
  }

  /** Once a drop is over it keeps its title, beside that of the next one. */
  #drop(isOver: boolean): Pick<DropProgress, 'shown' | 'next'> {
    if (this.#shown === undefined) return {};
    const { id, title, startsAt, endsAt, hasReactions, pictureFile, isNext } = this.#shown;
    const path = this.#deps.pictures.pathOf(pictureFile);
    const picture = path === undefined ? {} : { picture: path };
    const others = { planned: { id, endsAt }, hasReactions, ...picture };
    // Of the drop before, in the moment of the end.
    const last = this.#hasJustEnded ? undefined : this.#shown.last;
    if (!isOver) return { shown: { title, startsAt, ...others } };
    // What has just ended does not come next, though it may have begun before its time.
    if (!isNext) return { shown: { title: last?.title ?? title, startsAt: '', ...others } };
    if (last === undefined) return { shown: { title, startsAt, ...others } };
    return { shown: { title: last.title, startsAt, ...others }, next: { title } };
  }

  /** Files may have changed. */
  #refreshPictures(): void {
    const { pictures, onChange } = this.#deps;
    const items = this.#shop?.articles ?? [];
    // It never rejects.
    void pictures
      .refresh([...filesOf([this.#shown ?? {}], TITLE_SIZE), ...filesOf(items, ITEM_SIZE)])
      .then(onChange);
  }

  setShop(shop: ShopOnPage | undefined): void {
    this.#shop = shop;
    this.#refreshPictures();
  }

  #withPictures(shop: ShopOnPage): ShopOnPage {
    const articles = shop.articles.map(({ pictureFile, ...article }) => {
      const picture = this.#deps.pictures.pathOf(pictureFile);
      return picture === undefined ? article : { ...article, picture };
    });
    return { ...shop, articles };
  }

  /** A drop begins, where the message names one, or ends. */
  set({ dropId, isOver = false }: Extract<ToMedia, { type: 'record' }>): void {
    const { presentation, archive, notLive, clock, onChange } = this.#deps;
    this.#hasJustEnded = isOver;
    this.#dropId = dropId;
    if (dropId !== undefined) {
      this.#countFrom(dropId);
      presentation.listFromNow(clock.nowUs());
    }
    // The stream of a drop that is over is served to its end, by this process or none.
    notLive.setLive(dropId !== undefined || (isOver && presentation.isEnded));
    archive.setRecording(dropId);
    onChange();
  }

  /** Guests see the clips of this drop. */
  #countFrom(dropId: string | undefined): void {
    if (dropId === this.#ofDrop) return;
    this.#ofDrop = dropId;
    // The clock of the stream does not follow the system's, by which drops are named.
    this.#sinceMs = Math.min(Date.parse(startOf(dropId)) || 0, this.#deps.clock.wallMs());
  }
}

function filesOf(all: readonly { readonly pictureFile?: string }[], size: PictureSize) {
  return all.flatMap(({ pictureFile: file }) => (file === undefined ? [] : [{ file, ...size }]));
}
