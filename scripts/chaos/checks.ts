/** What must be true of a venue between two faults, and at the end. */
import { execFile } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { readLedger } from '../../daemon/orders/ledger-report.ts';
import { descriptorsOf } from '../../test/support/box.ts';
import { residentMb } from '../bench/machine.ts';
import { processesOf } from '../bench/processes.ts';
import type { Venue } from './venue.ts';

const run = promisify(execFile);
const PARTS_MAX_AGE_MS = 5_000;
/** Of the machine that the box runs on, and not of what is done to the box. */
const OF_THE_MACHINE = /^(clock-unsynchronised|hot|throttled|memory-low)$/;

/**
 * Why the venue is not well now; empty where it is.
 *
 * @param sinceMs Guests must have got a part after that: what a media process that was killed had
 *   published before says nothing.
 */
export async function whatIsWrong(
  venue: Venue,
  usualAlerts: ReadonlySet<string>,
  sinceMs: number,
): Promise<readonly string[]> {
  const box = await venue.status();
  const nowMs = performance.now();
  return [
    ...(box.drop.phase === 'live' ? [] : [`it is ${box.drop.phase}`]),
    ...(box.media?.isFlowing === true ? [] : ['no picture']),
    ...box.recording
      .filter(({ phase }) => phase !== 'recording')
      .map(({ id, reason }) => `${id} does not record: ${reason ?? ''}`),
    ...box.warnings
      .filter(({ key }) => !usualAlerts.has(key) && !OF_THE_MACHINE.test(key))
      .map(({ key, detail }) => `${key}: ${detail ?? ''}`),
    ...venue.watchers
      .filter(({ lastPartMs }) => nowMs - lastPartMs > PARTS_MAX_AGE_MS || lastPartMs < sinceMs)
      .map(() => 'a guest gets no parts'),
  ];
}

/** Also those whose parent is gone: all processes of a box have its environment. */
export function processesWith(variable: string): readonly number[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(Number)
    .filter((pid) => {
      try {
        return readFileSync(`/proc/${pid}/environ`, 'latin1').split('\0').includes(variable);
      } catch {
        return false;
      }
    });
}

export interface Held {
  readonly descriptors: number;
  readonly mb: number;
}

/** Of each process of the box. */
export function heldBy({ box }: Venue): ReadonlyMap<string, Held> {
  return new Map(
    [...processesOf(box)].flatMap(([name, pid]) => {
      try {
        return [[name, { descriptors: descriptorsOf(pid).length, mb: residentMb(pid) }] as const];
      } catch {
        // It has just ended.
        return [];
      }
    }),
  );
}

/** A longer time between two frames of a file is a hole. */
const HOLE_S = 0.5;

export function moviesIn(folder: string): readonly string[] {
  return readdirSync(folder).filter((name) => name.endsWith('.mp4'));
}

/** Each file that lies on a disk can be played from its first to its last frame. */
export async function checkRecordings(folders: readonly string[]): Promise<readonly string[]> {
  const problems: string[] = [];
  for (const folder of folders) {
    const names = moviesIn(folder);
    if (names.length === 0) problems.push(`${folder}: nothing was recorded`);
    for (const name of names) problems.push(...(await checkMovie(join(folder, name))));
  }
  return problems;
}

async function checkMovie(path: string): Promise<readonly string[]> {
  const args = ['-v', 'error', '-of', 'csv=p=0', '-show_entries', 'packet=stream_index,dts_time'];
  const { stdout, stderr } = await run('ffprobe', [...args, path], { maxBuffer: 200_000_000 });
  const problems = stderr === '' ? [] : [`${path}: ${stderr.slice(0, 200)}`];
  const last = new Map<string, number>();
  for (const line of stdout.trim().split('\n')) {
    const [stream = '', text = ''] = line.split(',');
    const time = Number.parseFloat(text);
    const stepS = time - (last.get(stream) ?? time);
    if (stepS < 0 || stepS > HOLE_S) problems.push(`${path}: ${stepS} s at ${time} s`);
    last.set(stream, time);
  }
  if (last.size === 0) problems.push(`${path}: no packet`);
  return problems;
}

/** Every number that was promised is in the ledger, and in it once. */
export async function checkLedger(stateFolder: string, venue: Venue): Promise<readonly string[]> {
  const { book, faults } = await readLedger(join(stateFolder, 'orders', 'ledger.jsonl'));
  const lost = [...venue.buyer.promised].filter(([id, number]) => {
    const order = book.find(id);
    return order?.kind !== 'confirmed' || order.numbers[0] !== number;
  });
  return [
    ...faults,
    ...venue.buyer.faults,
    ...lost.map(([id, number]) => `order ${id} with number ${number} is lost`),
  ];
}

/** Errors of the program itself in what it has printed. */
export function checkOutput(output: string): readonly string[] {
  const found = output.match(/^.*(TypeError|ReferenceError|RangeError|unhandled|Assertion).*$/gim);
  return [...new Set(found ?? [])].map((line) => line.slice(0, 300));
}

/** What the far end has saved can be read as MPEG-TS with picture and sound. */
export async function checkFarEnd(file: string): Promise<readonly string[]> {
  const bytes = await readFile(file).catch(() => Buffer.alloc(0));
  if (bytes.length < 100_000) return [`the far end has ${bytes.length} bytes`];
  const args = ['-v', 'fatal', '-of', 'csv=p=0', '-show_entries', 'stream=codec_type', file];
  const { stdout } = await run('ffprobe', args);
  return ['video', 'audio']
    .filter((kind) => !stdout.includes(kind))
    .map((kind) => `the far end has no ${kind}`);
}
