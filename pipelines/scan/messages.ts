/** What is asked of the reading of codes off the stream, and its messages. */

/** Where the code is, each as a share of the picture's width or height: renditions differ in size. */
export interface ScanArea {
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
}

export interface WantedScan {
  /** Comes back with each reading: a code that has changed since has another. */
  readonly id: number;
  readonly area: ScanArea;
}

/** What was read off one key frame of a rendition. */
export interface Reading {
  readonly rendition: string;
  /** Undefined where no code was found. */
  readonly text?: string;
}

export interface Scan {
  readonly id: number;
  /** Counts the scans of the process that sent it. */
  readonly count: number;
  readonly readings: readonly Reading[];
}

/** One key frame of a rendition, as a movie. */
export interface Still {
  readonly rendition: string;
  /** In base64: messages between processes are JSON. */
  readonly movie: string;
}

export interface ToScanner {
  readonly type: 'read';
  readonly area: ScanArea;
  readonly stills: readonly Still[];
}

export type FromScanner =
  | { readonly type: 'read'; readonly readings: readonly Reading[] }
  /** The decoder failed: nothing is known of this picture. */
  | { readonly type: 'failed'; readonly reason: string };
