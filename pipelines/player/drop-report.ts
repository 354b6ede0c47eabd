/** The report of a drop to guests' pages, `drop.json`. */

/** What the config says. */
export interface DropSettings {
  readonly title: string;
  /** RFC 3339; empty when it has started already. */
  readonly startsAt: string;
}

/** What changes. Addresses are relative to the page. */
export interface DropProgress {
  /** The drop has ended and no other is on. */
  readonly isOver: boolean;
  /** RFC 3339; empty while no drop is live. */
  readonly liveSince: string;
  readonly hasReplay: boolean;
  /** Ids of the clips, newest first. */
  readonly clips: readonly string[];
  /** The last picture, in several widths. */
  readonly posters: readonly { readonly widthPx: number; readonly path: string }[];
}

export interface DropReport extends DropSettings, DropProgress {
  /** The box's time, RFC 3339: by the clock of the dates in its playlists. */
  readonly now: string;
}

export const NO_PROGRESS: DropProgress = {
  isOver: false,
  liveSince: '',
  hasReplay: false,
  clips: [],
  posters: [],
};
