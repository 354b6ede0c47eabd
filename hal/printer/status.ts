/** Real-time status of ESC/POS printers. */

import type { PrinterStatus } from './port.ts';
import type { Transport } from './transport/transport.ts';

/** A printer that reports its status answers within 20 ms; a busy one on Bluetooth may take ten times that. */
export const ANSWER_MS = 300;

/**
 * Real-time status (Epson, ESC/POS Command Reference, DLE EOT n). Each answer is
 * one byte with bits 1 and 4 set and bits 0 and 7 clear:
 *
 *   1 printer   b3 offline
 *   2 offline   b2 cover open, b5 paper out, b6 error
 *   3 error     b3 cutter, b5 unrecoverable, b6 recovers by itself (head too hot)
 *   4 paper     b2-3 nearly out, b5-6 out
 */
export type StatusKind = 1 | 2 | 3 | 4;

const STATUS_KINDS: readonly StatusKind[] = [1, 2, 3, 4];

function renderStatusRequest(kind: StatusKind): Buffer {
  return Buffer.from([0x10, 0x04, kind]);
}

/** The last status byte in what came, or undefined: other bytes belong to something else. */
export function findStatusByte(bytes: Uint8Array): number | undefined {
  return bytes.findLast((byte) => (byte & 0x93) === 0x12);
}

/** What the four answers mean together; one that did not come is undefined. Without any it is not `ok`. */
export function parseStatus(answers: Readonly<Partial<Record<StatusKind, number>>>): PrinterStatus {
  const { 1: printer, 2: offline, 3: error, 4: paper } = answers;
  const isAnswered = [printer, offline, error, paper].some((one) => one !== undefined);
  // Without the paper's answer nothing is known of the paper.
  if (!isAnswered || (paper === undefined && offline === undefined)) return { phase: 'silent' };
  const fault = faultOf(error ?? 0);
  return {
    phase: 'known',
    isOnline: ((printer ?? 0) & 0x08) === 0,
    paper: paperOf(paper ?? 0, offline ?? 0),
    isCoverOpen: ((offline ?? 0) & 0x04) !== 0,
    ...(fault === undefined ? {} : { fault }),
  };
}

function paperOf(paper: number, offline: number): 'ok' | 'low' | 'out' {
  if ((paper & 0x60) !== 0 || (offline & 0x20) !== 0) return 'out';
  return (paper & 0x0c) !== 0 ? 'low' : 'ok';
}

function faultOf(error: number): string | undefined {
  if ((error & 0x08) !== 0) return 'the cutter is stuck';
  if ((error & 0x20) !== 0) return 'an error: switch the printer off and on';
  return (error & 0x40) !== 0 ? 'the head is too hot or too cold' : undefined;
}

/** Why nothing can be printed now, or undefined. */
export function obstacleOf(status: PrinterStatus): string | undefined {
  switch (status.phase) {
    case 'silent':
      return undefined;
    case 'absent':
      return 'there is no printer';
    case 'away':
      return status.reason;
    case 'known':
      if (status.isCoverOpen) return 'its cover is open';
      if (status.paper === 'out') return 'it is out of paper';
      return status.fault ?? (status.isOnline ? undefined : 'it is offline');
  }
}

/**
 * Asks for the four status bytes. The first answer that is missing ends it: the others
 * would be missing too.
 *
 * @param onBytes All that came, which may be the answer to something else.
 */
export async function askStatus(
  transport: Transport,
  answerMs: number,
  signal: AbortSignal,
  onBytes: (bytes: Buffer) => void = () => undefined,
): Promise<PrinterStatus> {
  const answers: Partial<Record<StatusKind, number>> = {};
  const read = async (timeoutMs: number) => {
    const bytes = await transport.read(timeoutMs, signal);
    onBytes(bytes);
    return bytes;
  };
  // What it sent unasked, or late, is no answer to this.
  await read(0);
  for (const kind of STATUS_KINDS) {
    await transport.write(renderStatusRequest(kind), signal);
    let answer = findStatusByte(await read(answerMs));
    // The answer to another question may have come first.
    answer ??= findStatusByte(await read(answerMs));
    if (answer === undefined) break;
    answers[kind] = answer;
  }
  return parseStatus(answers);
}
