/** The texts of the guests' page; every language has each of them. */

export interface Dictionary {
  /** Its own name, for the switch. */
  readonly name: string;
  readonly live: string;
  readonly liveNow: string;
  readonly startsIn: string;
  readonly startsAt: string;
  readonly addToCalendar: string;
  readonly soundHint: string;
  readonly connecting: string;
  readonly waiting: string;
  readonly over: string;
  readonly soundOn: string;
  readonly soundOff: string;
  readonly pause: string;
  readonly backToLive: string;
  readonly fullScreen: string;
  readonly leaveFullScreen: string;
  readonly pictureInPicture: string;
  readonly airPlay: string;
  readonly behind: string;
  readonly showDelay: string;
  readonly share: string;
  readonly copied: string;
  readonly clips: string;
  readonly newClip: string;
  readonly clip: string;
  readonly save: string;
  readonly watchReplay: string;
  readonly toLivePage: string;
  readonly scan: string;
  readonly language: string;
  readonly video: string;
  readonly noScript: string;
  readonly notFound: string;
  readonly replay: string;
  readonly noReplay: string;
  readonly chapters: string;
  readonly play: string;
  readonly position: string;
  readonly positionOf: string;
  readonly nextDrop: string;
  readonly notNow: string;
  readonly failed: string;
  readonly heart: string;
  readonly hearts: string;
  readonly behindLive: string;
  readonly cast: string;
  readonly shop: string;
  readonly order: string;
  readonly left: string;
  readonly soldOut: string;
  readonly onlyFor: string;
  readonly firstMinutes: string;
  readonly saleOver: string;
  /** It was sold in the first minutes only. */
  readonly notSold: string;
}
