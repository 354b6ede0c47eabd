/** The journal beside each recording: which of its fragments are on the disk. */
import { crc32 } from 'node:zlib';
import * as v from 'valibot';
import { parseJson } from '../../../hal/os/files/json.ts';
import { FRAGMENT_MAX_BYTES } from '../../mp4/fragment.ts';

/**
 * Each line holds its own CRC-32 and is written only after the bytes that it lists were
 * synced: what a readable line lists is on the disk.
 *
 * ```
 * 9ae0daaf {"type":"open",…}
 * 1c291ca3 {"type":"synced","fragments":[[…],…]}
 * ```
 */
export type JournalRecord = OpenRecord | SyncedRecord | EndRecord;

/** Comes first. */
export interface OpenRecord {
  readonly type: 'open';
  readonly version: 1;
  /** Unix time of media time 0, in ms. */
  readonly epochMs: number;
  /** Media time of the file's time 0, in us. */
  readonly baseUs: number;
  readonly headerBytes: number;
  readonly tracks: readonly {
    readonly trackId: string;
    readonly kind: 'video' | 'audio';
    readonly timescale: number;
  }[];
  /** False where it may lack media that another target has. */
  readonly isWhole: boolean;
  /** The drop; undefined for none, and in journals of older versions. */
  readonly dropId?: string;
  /** Counts the recordings of the folder; undefined in journals of older versions. */
  readonly sequence?: number;
  /** Which box wrote it; undefined where that has no id, and in journals of older versions. */
  readonly boxId?: string;
}

/** One fragment on the disk: a complete moof+mdat. */
export interface FragmentEntry {
  readonly trackIndex: number;
  readonly offset: number;
  readonly bytes: number;
  readonly crc: number;
  readonly startUs: number;
  readonly durationUs: number;
  readonly isKeyframe: boolean;
}

export interface SyncedRecord {
  readonly type: 'synced';
  readonly fragments: readonly FragmentEntry[];
}

/** Comes last; a journal without it was cut off. */
export interface EndRecord {
  readonly type: 'end';
  /** From a regular start to a regular end without loss: another target's copy is the same. */
  readonly isComplete: boolean;
  readonly reason: string;
  readonly bytes: number;
  /** Of the whole file, where it was not repaired. */
  readonly sha256?: string;
}

export interface Journal {
  readonly open: OpenRecord;
  readonly fragments: readonly FragmentEntry[];
  readonly end: EndRecord | undefined;
  /** Of the journal, up to which it can be read. */
  readonly validBytes: number;
}

/** An hour takes about 2 MB. */
export const JOURNAL_MAX_BYTES = 64_000_000;

/** Two synced fragments have some 100 bytes; this is what repairs of older versions wrote. */
const LINE_MAX_BYTES = 4_000_000;
const LINE_FRAGMENTS = 1_000;
/** As many as the longest journal of this box lists; a crafted one has shorter rows. */
const FRAGMENTS_MAX = 1_500_000;
const HEADER_MAX_BYTES = 1_000_000;
/** A larger number is no recorder's. A number that is reached is given again: names decide then. */
export const SEQUENCE_MAX = 1e9;
/** The year 2096; dates can be made of it, and of what fragments add to it. */
const TIME_MAX_MS = 4e12;

const whole = v.pipe(v.number(), v.safeInteger());
const count = v.pipe(whole, v.minValue(0));
const upTo = (max: number) => v.pipe(count, v.maxValue(max));
const around = (max: number) => v.pipe(v.number(), v.minValue(-max), v.maxValue(max));
const openSchema = v.object({
  type: v.literal('open'),
  version: v.literal(1),
  epochMs: around(TIME_MAX_MS),
  baseUs: whole,
  headerBytes: upTo(HEADER_MAX_BYTES),
  tracks: v.pipe(
    v.array(
      v.object({
        trackId: v.string(),
        kind: v.picklist(['video', 'audio']),
        timescale: v.pipe(count, v.minValue(1)),
      }),
    ),
    v.maxLength(8),
  ),
  isWhole: v.boolean(),
  dropId: v.exactOptional(v.pipe(v.string(), v.maxLength(64))),
  sequence: v.exactOptional(upTo(SEQUENCE_MAX)),
  boxId: v.exactOptional(v.pipe(v.string(), v.maxLength(64))),
});
const rowSchema = v.tuple([
  ...([count, count, upTo(FRAGMENT_MAX_BYTES), count] as const),
  ...([around(1000 * TIME_MAX_MS), upTo(1000 * TIME_MAX_MS), v.picklist([0, 1])] as const),
]);
const syncedSchema = v.object({ type: v.literal('synced'), fragments: v.array(rowSchema) });
const endSchema = v.object({
  type: v.literal('end'),
  isComplete: v.boolean(),
  reason: v.string(),
  bytes: count,
  sha256: v.optional(v.string()),
});

/** Whether a journal with it can be read. */
export function isListable(entry: FragmentEntry): boolean {
  return v.is(rowSchema, rowOf(entry));
}

/** As many records as no line is too long with. */
export function renderSynced(fragments: readonly FragmentEntry[]): string {
  let lines = '';
  for (let from = 0; from < fragments.length; from += LINE_FRAGMENTS) {
    const some = fragments.slice(from, from + LINE_FRAGMENTS);
    lines += renderRecord({ type: 'synced', fragments: some });
  }
  return lines;
}

export function renderRecord(record: JournalRecord): string {
  const json = JSON.stringify(
    record.type === 'synced' ? { ...record, fragments: record.fragments.map(rowOf) } : record,
  );
  return `${checksum(json)} ${json}\n`;
}

/**
 * Reads a journal up to the first line that is torn, damaged, or no recorder's: a stick may bring
 * any.
 *
 * @returns undefined where not even the first line can be read.
 */
export function parseJournal(bytes: Buffer): Journal | undefined {
  let at = 0;
  let open: OpenRecord | undefined;
  let end: EndRecord | undefined;
  const fragments: FragmentEntry[] = [];
  while (end === undefined) {
    const newline = bytes.indexOf(0x0a, at);
    if (newline < 0 || newline - at > LINE_MAX_BYTES) break;
    const value = parseLine(bytes.toString('utf8', at, newline));
    if (value === undefined) break;
    if (open === undefined) {
      const parsed = v.safeParse(openSchema, value);
      if (!parsed.success) break;
      open = parsed.output;
    } else {
      const record = parseRecord(value);
      if (record === undefined) break;
      if (record.type === 'end') end = record;
      else if (!follow(record.fragments, fragments.at(-1), open)) break;
      else for (const fragment of record.fragments) fragments.push(fragment);
      if (fragments.length > FRAGMENTS_MAX) break;
    }
    at = newline + 1;
  }
  return open && { open, fragments, end, validBytes: at };
}

/** Whether each lies behind the one before. */
function follow(
  fragments: readonly FragmentEntry[],
  last: FragmentEntry | undefined,
  { headerBytes }: OpenRecord,
): boolean {
  let end = last === undefined ? headerBytes : last.offset + last.bytes;
  return fragments.every(({ offset, bytes }) => {
    const isBehind = offset >= end;
    end = offset + bytes;
    return isBehind;
  });
}

/** Bytes of the recording that the journal lists as synced. */
export function acknowledgedBytes({ open, fragments }: Journal): number {
  const last = fragments.at(-1);
  return last === undefined ? open.headerBytes : last.offset + last.bytes;
}

function parseLine(line: string): unknown {
  const json = line.slice(9);
  return line[8] === ' ' && line.slice(0, 8) === checksum(json) ? parseJson(json) : undefined;
}

function parseRecord(value: unknown): SyncedRecord | EndRecord | undefined {
  const synced = v.safeParse(syncedSchema, value);
  if (synced.success) return { type: 'synced', fragments: synced.output.fragments.map(entryOf) };
  const end = v.safeParse(endSchema, value);
  if (!end.success) return undefined;
  const { sha256, ...rest } = end.output;
  return sha256 === undefined ? rest : { ...rest, sha256 };
}

/** Ten fragments a second for hours: an array takes a third of the space of an object. */
function rowOf(entry: FragmentEntry): v.InferOutput<typeof rowSchema> {
  const { trackIndex, offset, bytes, crc, startUs, durationUs, isKeyframe } = entry;
  return [trackIndex, offset, bytes, crc, startUs, durationUs, isKeyframe ? 1 : 0];
}

function entryOf(row: v.InferOutput<typeof rowSchema>): FragmentEntry {
  const [trackIndex, offset, bytes, crc, startUs, durationUs, isKeyframe] = row;
  return { trackIndex, offset, bytes, crc, startUs, durationUs, isKeyframe: isKeyframe === 1 };
}

function checksum(json: string): string {
  return crc32(json).toString(16).padStart(8, '0');
}
