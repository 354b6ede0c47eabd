/** The last printed slips as pictures, for the operator's page. */
import type { Paper } from '../../hal/printer/paper/escpos-render.ts';
import { renderPng } from '../../hal/printer/paper/png.ts';

/** Its picture is at `/slips/<id>.png`. */
export interface PrintedSlipInfo {
  /** Letters, digits, hyphens; unique. */
  readonly id: string;
  /** Unix time in ms. */
  readonly atMs: number;
  /** For screen readers. */
  readonly title: string;
}

export interface PrintedSlip extends PrintedSlipInfo {
  readonly png: Uint8Array;
}

/** The page shows as many. */
const SLIPS_MAX = 12;

export interface PrintedSlips {
  readonly list: () => readonly PrintedSlip[];
  readonly add: (paper: Paper, wallMs: number) => Promise<void>;
}

export function openPrintedSlips(): PrintedSlips {
  let slips: readonly PrintedSlip[] = [];
  let count = 0;
  return {
    list: () => slips,
    add: async ({ picture, text }, wallMs) => {
      count += 1;
      const id = `slip-${count}`;
      const title =
        text
          .find((line) => line.trim() !== '')
          ?.trim()
          .slice(0, 60) ?? 'a picture';
      const png = await renderPng(picture);
      slips = [...slips, { id, atMs: wallMs, title, png }].slice(-SLIPS_MAX);
    },
  };
}
