/** Reads a ledger without changing it: for `venuebox ledger`. */
import { readFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { Book } from './book.ts';
import { type Scan, scanLedger } from './commit.ts';
import { lossOf, newerLine } from './ledger-file.ts';
import { paymentRows } from './webhook/settled-payments.ts';

export interface LedgerReport {
  readonly book: Book;
  readonly commits: number;
  readonly bytes: number;
  readonly ledgerId: string;
  /** Only a newer version of the program can read all of it. */
  readonly isNewer: boolean;
  /** What is wrong with it, one line each; empty where it is as it was written. */
  readonly faults: readonly string[];
  /** What a reader should know, though nothing is wrong. */
  readonly notes: readonly string[];
}

/** Rejects where the file cannot be read. */
export async function readLedger(path: string): Promise<LedgerReport> {
  const bytes = await readFile(path);
  const scan = scanLedger(bytes);
  const book = new Book();
  for (const { records } of scan.commits) for (const record of records) book.apply(record);
  const isNewer = scan.tail === 'newer';
  // What was acknowledged may lie behind the line that cannot be read.
  const loss = isNewer ? undefined : await lossOf(dirname(path), scan);
  const isTorn = scan.tail === 'torn';
  const unsure = scan.commits.filter(({ clock }) => clock === 'free');
  const records = unsure.reduce((sum, one) => sum + one.records.length, 0);
  return {
    book,
    commits: scan.commits.length,
    bytes: bytes.length,
    ledgerId: scan.ledgerId,
    isNewer,
    faults: [
      ...(scan.tail === 'damaged' ? [`line ${scan.line} is not as it was written`] : []),
      ...(isNewer ? [newerLine(scan)] : []),
      ...(loss === undefined ? [] : [loss]),
      ...repeatedNumbers(scan),
    ],
    notes: [
      ...(isTorn
        ? [
            `line ${scan.line} is not complete: it is being written, or was torn by a power cut and never acknowledged; the box removes it when it starts`,
          ]
        : []),
      ...(records === 0
        ? []
        : [`times of ${records} entries may be wrong: the box’s clock was not synchronised`]),
    ],
  };
}

/** Rows of the payments that fit nothing on sale. Rejects where they cannot be read. */
export const paymentsBeside = (path: string): Promise<readonly string[]> =>
  paymentRows(dirname(path));

/** Of one edition; the box never does so. */
function repeatedNumbers({ commits }: Scan): readonly string[] {
  const owners = new Map<string, string>();
  const faults: string[] = [];
  for (const record of commits.flatMap(({ records }) => records)) {
    if (record.kind !== 'confirmed') continue;
    for (const number of record.numbers) {
      const key = `${record.drop}/${record.item} number ${number}`;
      const owner = owners.get(key);
      if (owner !== undefined) faults.push(`${key} was given to ${owner} and to ${record.id}`);
      owners.set(key, record.id);
    }
  }
  return faults;
}
