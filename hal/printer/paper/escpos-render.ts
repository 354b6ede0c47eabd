/** Renders ESC/POS as a picture of the paper. */

import { type CodePage, decodeByte } from './codepages.ts';
import { characterPicture, columnsPicture, qrPicture, SMALL_WIDTH } from './escpos-cells.ts';
import { type Command, parseEscPos } from './escpos-parse.ts';
import { applySetting, RESET, type Style } from './escpos-style.ts';
import { GLYPH_WIDTH } from './font.ts';
import { blankPicture, drawPicture, type Picture, unpackRows } from './picture.ts';

export interface PaperSpec {
  readonly widthDots: number;
  readonly codePages: Readonly<Record<CodePage, number>>;
}

export interface Paper {
  readonly picture: Picture;
  /** Row of each cut. */
  readonly cuts: readonly number[];
  /** What was printed as characters, line by line. */
  readonly text: readonly string[];
}

/** A job longer than 4 m of paper is cut off here. */
const MAX_ROWS = 32_000;

/** Prints ESC/POS bytes on a picture of paper. Any bytes give a picture. */
export function renderPaper(bytes: Uint8Array, spec: PaperSpec): Paper {
  const roll = new Roll(spec);
  for (const command of parseEscPos(bytes)) roll.take(command);
  return roll.tear();
}

/** The print head's state: its style, the line in its buffer and the paper so far. */
export class Roll {
  readonly #spec: PaperSpec;
  readonly #bands: { readonly picture: Picture; readonly top: number }[] = [];
  readonly #cuts: number[] = [];
  readonly #text: string[] = [];
  #style: Style = RESET;
  #line: Picture[] = [];
  #lineWidth = 0;
  #lineText = '';
  #qrData: Uint8Array = new Uint8Array();
  #top = 0;

  constructor(spec: PaperSpec) {
    this.#spec = spec;
  }

  take(command: Command): void {
    if (this.#top > MAX_ROWS) return;
    switch (command.kind) {
      case 'text':
        this.#addCharacter(decodeByte(this.#style.page, command.byte));
        return;
      case 'columns':
        this.#addCell(columnsPicture(command));
        return;
      case 'newline':
        this.#endLine(this.#style.spacing);
        return;
      case 'feed-lines':
        this.#endLine(0);
        this.#top += command.count * this.#style.spacing;
        return;
      case 'feed-dots':
        this.#endLine(0);
        this.#top += command.count;
        return;
      case 'raster':
        this.#endLine(0);
        this.#addBand(unpackRows(command.bits, command.rowBytes, command.rows));
        return;
      case 'cut':
        this.#endLine(0);
        this.#cuts.push(this.#top);
        return;
      case 'reset':
        this.#endLine(0);
        this.#style = RESET;
        return;
      case 'set':
        this.#style = applySetting(this.#style, command, this.#spec.codePages);
        return;
      case 'qr-data':
        this.#qrData = command.data;
        return;
      case 'qr-print':
        this.#endLine(0);
        this.#addBand(qrPicture(this.#qrData, this.#style));
        return;
      case 'confirm':
      case 'status-request':
      case 'skipped':
        return;
    }
  }

  /** Of paper that was fed. */
  get rows(): number {
    return this.#top;
  }

  tear(): Paper {
    this.#endLine(0);
    const picture = blankPicture(this.#spec.widthDots, Math.min(this.#top, MAX_ROWS));
    for (const band of this.#bands) drawPicture(picture, band.picture, 0, band.top);
    return { picture, cuts: this.#cuts, text: this.#text };
  }

  #addCharacter(character: string): void {
    const { wide, isSmall } = this.#style;
    if (this.#lineWidth + (isSmall ? SMALL_WIDTH : GLYPH_WIDTH) * wide > this.#spec.widthDots) {
      this.#endLine(this.#style.spacing);
    }
    this.#lineText += character;
    this.#addCell(characterPicture(character, this.#style));
  }

  #addCell(cell: Picture): void {
    this.#line.push(cell);
    this.#lineWidth += cell.width;
  }

  /** Puts the line on the paper. An empty one feeds by `emptyRows`. */
  #endLine(emptyRows: number): void {
    if (this.#line.length === 0) {
      this.#top += emptyRows;
      return;
    }
    const height = Math.max(...this.#line.map((cell) => cell.height));
    const band = blankPicture(this.#lineWidth, height);
    let left = 0;
    for (const cell of this.#line) {
      drawPicture(band, cell, left, height - cell.height);
      left += cell.width;
    }
    const top = this.#top;
    this.#addBand(band);
    this.#top = Math.max(top + this.#style.spacing, this.#top);
    this.#text.push(this.#lineText.trimEnd());
    this.#line = [];
    this.#lineWidth = 0;
    this.#lineText = '';
  }

  #addBand(picture: Picture): void {
    const free = Math.max(0, this.#spec.widthDots - picture.width);
    const left = [0, Math.floor(free / 2), free][this.#style.align] ?? 0;
    const placed = blankPicture(this.#spec.widthDots, picture.height);
    drawPicture(placed, picture, left, 0);
    this.#bands.push({ picture: placed, top: this.#top });
    this.#top += picture.height;
  }
}
