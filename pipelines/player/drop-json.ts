/** What guests’ pages get of a drop: `drop.json`. */

/** What the config says. */
export interface DropSettings {
  /** Colours, logo and title picture; empty, or left out: the page's own. */
  readonly brandingFolder?: string;
  /** The same, uploaded by the crew: it wins. */
  readonly uploadsFolder?: string;
  readonly title: string;
  /** RFC 3339; empty when it has started already. */
  readonly startsAt: string;
  /** What guests open, with a final slash; left out where the config does not set it. */
  readonly address?: string;
  /** Guests may send hearts. */
  readonly hasReactions?: boolean;
  /** How far back guests can go while the drop is live; 0, or left out: not at all. */
  readonly dvrS?: number;
  /** How guests can get the stream beside HLS, the preferred way first: see `choosePlayers`. */
  readonly ways?: readonly string[];
}

/** The drop that is on or comes next; each message replaces the last one. */
export interface DropOnPage {
  /** The same when its start moves; empty where it has none. */
  readonly id: string;
  readonly title: string;
  /** RFC 3339; empty where it is not known. */
  readonly startsAt: string;
  /** When it is meant to end; likewise. */
  readonly endsAt: string;
  /** Absolute path; left out where it has none. */
  readonly pictureFile?: string;
  /** Of all guests who do not choose one; left out: of their device. */
  readonly profile?: string;
  /** Guests may send hearts. */
  readonly hasReactions: boolean;
  /** The drop that was held last, and is over until another begins; left out where none was. */
  readonly last?: { readonly title: string; readonly dropId: string };
  /** It is another one than the drop that was on last. */
  readonly isNext: boolean;
  /** Its start is nearer than the end of the drop before: guests read of it alone. */
  readonly isNextNearer: boolean;
  /** The box's clock is not synchronised. */
  readonly isClockFree?: boolean;
}

/** A picture in one of its widths; the address is relative to the page. */
export interface PosterOnPage {
  readonly widthPx: number;
  readonly path: string;
}

/** A title picture in one width and format; the address is relative to the page. */
export interface VariantOnPage extends PosterOnPage {
  readonly heightPx: number;
  /** `image/avif`, `image/webp` or `image/jpeg`. */
  readonly type: string;
}

export interface ClipSummary {
  readonly id: string;
  /** In the drop, from 1. */
  readonly number: number;
  /** By the crew. */
  readonly label?: string;
  readonly durationS?: number;
  /** None until they are made. */
  readonly posters: readonly PosterOnPage[];
}

/** A MARK, where its clip begins. */
export interface ChapterOnPage extends Pick<ClipSummary, 'number' | 'label'> {
  /** In the replay. */
  readonly startS: number;
}

/** Something that is sold; prices are in the smallest unit of the currency. */
export interface ArticleOnPage {
  readonly name: string;
  readonly price: number;
  /** Where it costs less now. */
  readonly usualPrice?: number;
  readonly currency: string;
  /** Left out without a limit. */
  readonly left?: number;
  /** Sold in the first minutes of the drop only. */
  readonly isCollector?: boolean;
  /** False for such a one outside of them. */
  readonly isOpen: boolean;
  readonly checkoutUrl?: string;
  /** To the media process: an absolute path. Guests do not get it. */
  readonly pictureFile?: string;
  /** To guests: relative to the page. */
  readonly picture?: string;
}

export interface ShopOnPage {
  readonly articles: readonly ArticleOnPage[];
  /** The drop has ended, and the sale with it. */
  readonly isOver?: boolean;
  /** Of the first minutes of the drop, while they last. */
  readonly windowLeftMs?: number;
  /** They are over; left out, too, where nothing depends on them. */
  readonly isWindowOver?: boolean;
}

/** What the daemon says of the present drop, in place of the config. */
export interface ShownDrop {
  readonly title: string;
  /** Empty where no drop is known to come. */
  readonly startsAt: string;
  readonly hasReactions: boolean;
  /** For calendars: of the drop that starts then; empty where it is not known. */
  readonly planned: { readonly id: string; readonly endsAt: string };
  /** Relative to the page. */
  readonly picture?: string;
}

/** Where the venue's look lies. */
export function brandingFolders({ brandingFolder = '', uploadsFolder = '' }: DropSettings) {
  return { config: brandingFolder, uploads: uploadsFolder };
}

/** What changes. */
export interface DropProgress {
  readonly shown?: ShownDrop;
  /** The drop has ended and no other is on. */
  readonly isOver: boolean;
  /** RFC 3339; empty while no drop is live. */
  readonly liveSince: string;
  readonly hasReplay: boolean;
  /** Newest first. */
  readonly clips: readonly ClipSummary[];
  /** All that are in the replay, also of older clips. */
  readonly chapters: readonly ChapterOnPage[];
  /** The last picture, in several widths. */
  readonly posters: readonly PosterOnPage[];
  /** The last seconds of the stream, as a silent film; relative to the page, left out without one. */
  readonly preview?: string;
  /** Left out where nothing is sold. */
  readonly shop?: ShopOnPage;
  /** The drop after the one that is over; left out where none is known. */
  readonly next?: { readonly title: string };
  /** The box's clock is not synchronised: a page counts down to the start by its device's. */
  readonly isClockFree?: boolean;
}

export interface DropJson
  extends Omit<DropSettings, 'brandingFolder' | 'uploadsFolder' | 'ways'>,
    Omit<DropProgress, 'shown'> {
  /** Title picture, relative to the page; left out where there is none. */
  readonly picture?: string;
  /** The same in several widths and formats; left out until they are made. */
  readonly variants?: readonly VariantOnPage[];
  /** Of the venue; an open page follows it. */
  readonly look: BrandingVersion;
  /** The box's time, RFC 3339: by the clock of the dates in its playlists. */
  readonly now: string;
  /** By the machine's own clock, for what is planned; left out where it is the same. */
  readonly planNow?: string;
}

export interface BrandingVersion {
  /** Another for each content of `brand.css`. */
  readonly style: string;
  /** Relative to the page; empty where there is none. */
  readonly logo: string;
}

export const NO_PROGRESS: DropProgress = {
  isOver: false,
  liveSince: '',
  hasReplay: false,
  clips: [],
  chapters: [],
  posters: [],
};
