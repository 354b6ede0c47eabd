/** What each printer model can do, as data. */

import { type CodePage, EPSON_NUMBERS } from './paper/codepages.ts';

/** What a model can do, as data. */
export interface PrinterProfile {
  readonly id: string;
  readonly widthDots: number;
  /** Characters of the normal font in a line. */
  readonly columns: number;
  readonly hasNativeQr: boolean;
  readonly hasCutter: boolean;
  /** How it confirms that what came before was printed; undefined where it cannot. See confirm.ts. */
  readonly confirmation?: 'process-id' | 'paper-sensor';
  readonly codePages: Readonly<Record<CodePage, number>>;
  /** Lines from the print head to the cutter or the tear bar. */
  readonly feedLines: number;
}

const WIDE = { widthDots: 576, columns: 48, codePages: EPSON_NUMBERS, feedLines: 5 };
const NARROW = { widthDots: 384, columns: 32, codePages: EPSON_NUMBERS, feedLines: 4 };

export const PRINTER_PROFILES = {
  /** TM-T20 and alike. */
  'epson-80': {
    ...{ ...WIDE, id: 'epson-80', hasNativeQr: true, hasCutter: true },
    confirmation: 'process-id',
  },
  /** 80 mm clones: rasters print alike on all of them, `GS ( k` does not. */
  'generic-80': {
    ...{ ...WIDE, id: 'generic-80', hasNativeQr: false, hasCutter: true },
    confirmation: 'paper-sensor',
  },
  'epson-58': {
    ...{ ...NARROW, id: 'epson-58', hasNativeQr: true, hasCutter: false },
    confirmation: 'process-id',
  },
  /** ZJ-58xx and alike: text and rasters, no QR, no cutter; they print what they do not know. */
  'generic-58': { ...NARROW, id: 'generic-58', hasNativeQr: false, hasCutter: false },
} as const satisfies Readonly<Record<string, PrinterProfile>>;
