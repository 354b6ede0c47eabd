/** Settings of the back-fill process, and its messages. */
import type { Margins, Observation } from './gaps.ts';

export interface BackfillSettings {
  /** Files go below it: `https://host:port/path`, `rsync://user@address:port/module`, `ssh://user@host:port/folder`. */
  readonly url: string;
  /** A secret; empty for SSH, which has a key. */
  readonly token: string;
  readonly ssh?: SshFiles;
  /** PEM of the only authority that is trusted; undefined for the system's. */
  readonly ca?: string;
  /** Name of the box, the first folder at the far end. */
  readonly box: string;
  /** That recordings lie in, the first choice first. */
  readonly folders: readonly string[];
  /** Keeps the gaps over restarts. */
  readonly stateFile: string;
  readonly margins: Margins;
}

export interface SshFiles {
  /** A private key without a passphrase. */
  readonly keyFile: string;
  /** With the far end's host key, as `ssh-keyscan` prints it. */
  readonly knownHostsFile: string;
}

/** How files may travel now. */
export interface SendPath {
  /** 0: not at all. */
  readonly bps: number;
  /** Where they leave from; undefined for the machine's own route. */
  readonly localAddress?: string;
  /** The link that this address is, for its data budget. */
  readonly link?: string;
}

/** Once a second. */
export interface ToBackfill {
  readonly type: 'observed';
  readonly observation: Observation;
  readonly sendPath: SendPath;
}

export interface BackfillFigures {
  /**
   * `idle`: the far end has all. `waiting`: for the end of a gap, its recording, or room.
   * `failed`: the far end does not take files; the reason says why.
   */
  readonly phase: 'idle' | 'waiting' | 'sending' | 'failed';
  readonly reason?: string;
  /** That the far end has not all of yet. */
  readonly gaps: number;
  readonly sentBytesTotal: number;
  readonly filledTotal: number;
  /** Gaps of which no recording was found, or that could not be sent. */
  readonly lostTotal: number;
}

export type FromBackfill =
  /** Once a second. */
  | ({ readonly type: 'figures' } & BackfillFigures)
  /** For the data budget of a link, headers included. */
  | { readonly type: 'carried'; readonly link: string; readonly bytes: number };
