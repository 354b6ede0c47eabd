/** Questions that a printer answers in its turn: when it has printed what came before. */

import type { PrinterProfile } from './profiles.ts';

/**
 * DLE EOT is answered at once, past what is still in the printer's buffer: it does not
 * show that a job came out. These two are answered in order.
 *
 * - `process-id`: `GS ( H` function 48 (Epson, ESC/POS Command Reference). The printer
 *   sends 37h 22h, the four characters and NUL once the data before it was processed.
 * - `paper-sensor`: `GS r 1`, one byte with bits 4 and 7 clear. Old, and known to most clones.
 */
export type Confirmation = NonNullable<PrinterProfile['confirmation']>;

/** @param id Four printable characters. */
export function renderQuestion(kind: Confirmation, id: string): Buffer {
  if (kind === 'paper-sensor') return Buffer.from([0x1d, 0x72, 1]);
  return Buffer.from([0x1d, 0x28, 0x48, 6, 0, 48, 48, ...Buffer.from(id, 'latin1')]);
}

/** Whether the answer is in what came. Status bytes (DLE EOT) have bit 4 set and may stand between. */
export function hasAnswer(kind: Confirmation, id: string, bytes: Buffer): boolean {
  if (kind === 'paper-sensor') return bytes.some((byte) => (byte & 0x90) === 0);
  return bytes.includes(Buffer.from(`\x37\x22${id}\0`, 'latin1'));
}

/** None of them looks like a status byte (see status.ts). */
const LETTERS = 'ABCDEFGHJKLMNPQ';

const ID_LENGTH = 4;
/** As many questions have names of their own. */
export const QUESTION_IDS = LETTERS.length ** ID_LENGTH;

/** The name of the n-th question: an answer to an earlier one is none to this. */
export function questionId(n: number): string {
  return Array.from(
    { length: ID_LENGTH },
    (_, place) => LETTERS[Math.floor(n / LETTERS.length ** place) % LETTERS.length],
  ).join('');
}
