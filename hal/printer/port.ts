/** What a printer is to its callers. */

import type { GreyPicture, Picture } from './paper/picture.ts';

/** Text in any script. What no code page of the printer has is printed as a picture. */
export interface TextBlock {
  readonly kind: 'text';
  readonly text: string;
  readonly align?: 'left' | 'center' | 'right';
  readonly isBold?: boolean;
  /** Times the normal size. */
  readonly size?: 1 | 2 | 3 | 4;
}

/** Printed as it is, dot by dot. */
export interface DotsBlock {
  readonly kind: 'dots';
  readonly picture: Picture;
  readonly align?: TextBlock['align'];
}

/** One piece of a printed document, from the top. */
export type Block =
  | TextBlock
  | { readonly kind: 'rule' }
  /** Native where the profile has it and as dots elsewhere; always centred. */
  | { readonly kind: 'qr'; readonly data: string }
  | { readonly kind: 'picture'; readonly picture: GreyPicture }
  | DotsBlock
  /** Between two slips of one job: a cut, or a line to tear along. */
  | { readonly kind: 'cut' }
  | { readonly kind: 'feed'; readonly lines: number };

export type PrintDocument = readonly Block[];

export type PrinterStatus =
  | {
      readonly phase: 'known';
      readonly isOnline: boolean;
      readonly paper: 'ok' | 'low' | 'out';
      readonly isCoverOpen: boolean;
      /** What a person must see to, for example a jammed cutter. */
      readonly fault?: string;
    }
  /** It takes bytes and answers none: nothing is known of its paper. */
  | { readonly phase: 'silent' }
  | { readonly phase: 'away'; readonly reason: string }
  | { readonly phase: 'absent' };

export type PrintOutcome =
  /** The printer reported after the job that all is well. */
  | { readonly outcome: 'printed' }
  /** All bytes went out to a printer that reports nothing. */
  | { readonly outcome: 'sent' }
  /** All bytes went out; the printer, which reported before, confirmed nothing after. */
  | { readonly outcome: 'unknown'; readonly reason: string; readonly sentBytes: number }
  /** With `sentBytes` above 0 a part of it, or all of it, may come out, also later. */
  | {
      readonly outcome: 'failed';
      readonly reason: string;
      readonly sentBytes: number;
      /** No printer of this profile ever prints this document. */
      readonly isUnprintable?: true;
    };

export interface PrintOptions {
  /** The job before it, of an earlier run, may have been torn off. */
  readonly isAfterTorn?: boolean;
}

/** A receipt printer. */
export interface Printer extends AsyncDisposable {
  /** Asks it now. A printer that is away is a status; rejects only when `signal` aborts. */
  status(signal: AbortSignal): Promise<PrinterStatus>;
  /**
   * While no job waits: finds out what the first one would have to wait for. Resolves when it is
   * known, or cannot be known now; rejects only when `signal` aborts. Left out where all is known.
   */
  prepare?(signal: AbortSignal): Promise<void>;
  /**
   * Prints after the jobs before it. Each failure is an outcome; rejects only when
   * `signal` aborts, or with `HalError` DEVICE_BUSY when too many jobs wait.
   */
  print(
    document: PrintDocument,
    signal: AbortSignal,
    options?: PrintOptions,
  ): Promise<PrintOutcome>;
}
