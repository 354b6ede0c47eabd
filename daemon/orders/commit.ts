/**
 * The bytes of the ledger: one line for each commit, which holds the records of one write.
 *
 *     <hash> {"seq":7,"records":[…]}\n
 *
 * The hash is SHA-256 of the hash before and the text behind it, in hex: a changed, missing or
 * exchanged line shows in the next one. `seq` is the number of the commit's first record, from
 * 1. The first line is of the same form and names the ledger instead.
 */
import { createHash } from 'node:crypto';
import * as v from 'valibot';
import { parseJson } from '../../hal/os/files/json.ts';
import { type OrderRecord, recordSchema } from './record.ts';

/** What the first line's hash begins with. */
export const BEFORE_FIRST = '0'.repeat(64);

/** One write; the power cannot leave a part of it. */
export interface Commit {
  readonly seq: number;
  readonly records: readonly OrderRecord[];
  /** The clock that their times are of was not synchronised. */
  readonly clock?: 'free' | undefined;
}

/** The file up to `bytes` ends in a line with this hash. */
export interface LedgerEnd {
  readonly bytes: number;
  readonly hash: string;
  /** Of the next record. */
  readonly nextSeq: number;
}

export interface Scan {
  /** Empty where not even the first line is complete. */
  readonly ledgerId: string;
  readonly commits: readonly Commit[];
  readonly end: LedgerEnd;
  /**
   * What stands behind `end`: nothing, a write that the power cut off, what only a newer version
   * of the program can read, or damage.
   */
  readonly tail: 'none' | 'torn' | 'newer' | 'damaged';
  /** Line of the tail, from 1. */
  readonly line: number;
  /** Each line's end: what was acknowledged ends at one of them. */
  readonly hashes: ReadonlyMap<number, string>;
}

const header = v.object({ ledger: v.literal('venuebox orders'), v: v.literal(1), id: v.string() });
const newerHeader = v.object({
  ledger: header.entries.ledger,
  v: v.pipe(v.number(), v.minValue(2)),
});
const commit = v.object({
  seq: v.pipe(v.number(), v.integer(), v.minValue(1)),
  records: v.array(recordSchema),
  clock: v.optional(v.literal('free')),
});

export function renderHeader(ledgerId: string): Buffer {
  return render(BEFORE_FIRST, { ledger: 'venuebox orders', v: 1, id: ledgerId }).bytes;
}

export function renderCommit(before: string, { seq, records, clock }: Commit) {
  return render(before, { seq, records, ...(clock && { clock }) });
}

const HASH_CHARS = 64;
const NEWLINE = 0x0a;

/** Encoded once, for the file and for its hash: there may be megabytes of it. */
function render(before: string, body: object): { readonly bytes: Buffer; readonly hash: string } {
  const bytes = Buffer.from(`${BEFORE_FIRST} ${JSON.stringify(body)}\n`);
  const hash = hashOf(before, bytes.subarray(HASH_CHARS + 1, -1));
  bytes.write(hash, 'latin1');
  return { bytes, hash };
}

function hashOf(before: string, text: Buffer): string {
  return createHash('sha256').update(before).update(text).digest('hex');
}

/** Reads a ledger until its end, or until a line is not what this version writes. */
export function scanLedger(bytes: Buffer): Scan {
  const commits: Commit[] = [];
  const hashes = new Map<number, string>();
  let ledgerId = '';
  let end: LedgerEnd = { bytes: 0, hash: BEFORE_FIRST, nextSeq: 1 };
  let line = 1;
  for (; end.bytes < bytes.length; line += 1) {
    const newline = bytes.indexOf(NEWLINE, end.bytes);
    const row = bytes.subarray(end.bytes, newline < 0 ? bytes.length : newline);
    const read = newline < 0 ? undefined : readLine(row, end, line === 1);
    if (read === 'newer') return { ledgerId, commits, end, tail: read, line, hashes };
    if (read === undefined) {
      const tail = isTorn(bytes.subarray(end.bytes)) ? 'torn' : 'damaged';
      return { ledgerId, commits, end, tail, line, hashes };
    }
    if ('id' in read) ledgerId = read.id;
    else commits.push(read);
    const more = 'id' in read ? 0 : read.records.length;
    const hash = row.toString('latin1', 0, HASH_CHARS);
    end = { bytes: newline + 1, hash, nextSeq: end.nextSeq + more };
    hashes.set(end.bytes, hash);
  }
  return { ledgerId, commits, end, tail: 'none', line, hashes };
}

function readLine(
  row: Buffer,
  end: LedgerEnd,
  isFirst: boolean,
): Commit | { id: string } | 'newer' | undefined {
  const body = row.subarray(HASH_CHARS + 1);
  if (row[HASH_CHARS] !== 0x20) return undefined;
  if (row.toString('latin1', 0, HASH_CHARS) !== hashOf(end.hash, body)) return undefined;
  const value = parseJson(body.toString());
  if (isFirst) {
    const named = v.safeParse(header, value);
    if (named.success) return named.output;
    return v.is(newerHeader, value) ? 'newer' : undefined;
  }
  const parsed = v.safeParse(commit, value);
  if (!v.is(v.object({ seq: v.literal(end.nextSeq) }), value)) return undefined;
  return parsed.success ? parsed.output : 'newer';
}

/**
 * Whether a crash can have left it. A commit is one line, written behind all that is synced:
 * its end is missing, or the file is as long as it and some of its blocks were never written,
 * which then read as zeros. JSON has no zero bytes. Anything else was changed later.
 */
function isTorn(tail: Buffer): boolean {
  const newline = tail.indexOf(NEWLINE);
  return newline < 0 || (newline === tail.length - 1 && tail.includes(0));
}
