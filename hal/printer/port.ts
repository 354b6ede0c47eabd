/** What a printer is to its callers. */

import type { GreyPicture } from './picture.ts';

/** One piece of a printed document, from the top. */
export type Block =
  | {
      readonly kind: 'text';
      readonly text: string;
      readonly align?: 'left' | 'center' | 'right';
      readonly isBold?: boolean;
      /** Times the normal size. */
      readonly size?: 1 | 2 | 3 | 4;
    }
  | { readonly kind: 'rule' }
  /** Native where the profile has it and as dots elsewhere; always centred. */
  | { readonly kind: 'qr'; readonly data: string }
  | { readonly kind: 'picture'; readonly picture: GreyPicture }
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
  | { readonly outcome: 'failed'; readonly reason: string; readonly sentBytes: number };

/** A receipt printer. */
export interface Printer extends AsyncDisposable {
  /** Asks it now. A printer that is away is a status; rejects only when `signal` aborts. */
  status(signal: AbortSignal): Promise<PrinterStatus>;
  /**
   * Prints after the jobs before it. Each failure is an outcome; rejects only when
   * `signal` aborts, or with `HalError` DEVICE_BUSY when too many jobs wait.
   */
  print(document: PrintDocument, signal: AbortSignal): Promise<PrintOutcome>;
}
