/** Tickets on a USB printer that runs out of paper, is opened and unplugged, by a box that is killed. */
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import * as assert from 'uvu/assert';
import { verifyClaim } from '../../../daemon/printing/claim.ts';
import { keyFileOf, readClaimKeys } from '../../../daemon/printing/claim-key.ts';
import { printable } from '../../../hal/printer/printable.ts';
import { PRINTER_PROFILES } from '../../../hal/printer/profiles.ts';
import { readCodes } from '../../../hal/printer/verify.ts';
import { startProgram } from '../../support/program.ts';
import { seeded } from '../../support/seeded.ts';
import { until } from './kernel.ts';
import { openPaperPrinter, type PaperPrinter } from './paper-printer.ts';
import { ticketOf } from './tickets.ts';

export interface EveningOptions {
  readonly model: keyof typeof PRINTER_PROFILES;
  readonly tickets: number;
  readonly seed: number;
  readonly limitMs: number;
}

/** Kinds of faults, and how often each was. */
type Faults = Record<'paper' | 'cover' | 'unplug' | 'kill', number>;

/** Each ticket comes out once, or a person is asked to look. Prints what was seen. */
export async function assertEachOnce(options: EveningOptions): Promise<void> {
  const { model, tickets, seed, limitMs } = options;
  const random = seeded(seed);
  const folder = mkdtempSync(join(tmpdir(), 'tickets-'));
  const flagged = new Set<number>();
  const faults: Faults = { paper: 0, cover: 0, unplug: 0, kill: 0 };
  await using printer = openPaperPrinter(PRINTER_PROFILES[model]);
  const endMs = performance.now() + limitMs;
  /** What happened, in its order. */
  const story: string[] = [];
  const sent = new Set<number>();
  let next = 0;
  for (let isDone = false; !isDone; ) {
    assert.ok(performance.now() < endMs, `${next} of ${tickets} tickets in ${limitMs} ms`);
    await using box = startBox(folder, model, next, tickets);
    let told = 0;
    const note = (event: string) => {
      const output = box.output();
      story.push(...output.slice(told).split('\n'), event);
      told = output.length;
    };
    const isOver = () => box.child.exitCode !== null || box.child.signalCode !== null;
    while (!isOver() && performance.now() < endMs) {
      await pause(150 + random() * 900, isOver);
      if (isOver()) break;
      const before = { ...faults };
      await disturb(printer, faults, random, () => box.child.kill('SIGKILL'));
      const now = Object.entries(faults) as [keyof Faults, number][];
      const fault = now.find(([kind, count]) => count > before[kind])?.[0];
      note(`-- ${fault ?? 'no fault'}`);
      await pause(100 + random() * 500, isOver);
      await printer.repair();
      note('-- repaired');
    }
    await printer.repair();
    await box.ended;
    note('-- the box ended');
    const said = box.output().split('\n');
    const numbers = (what: string) =>
      said.filter((line) => line.startsWith(what)).map((line) => Number(line.split(' ')[1]));
    for (const n of numbers('flagged ')) flagged.add(n);
    for (const n of numbers('sent ')) sent.add(n);
    next = Math.max(next, ...numbers('added ').map((n) => n + 1));
    isDone = said.includes('done');
    if (!isDone) assert.is(box.child.signalCode, 'SIGKILL', box.output());
  }
  // What the kernel took is on its way to the paper.
  const isOut = () => countOf(printer, tickets - 1) > 0 || flagged.has(tickets - 1);
  await until('the last ticket', isOut, 60_000);
  assert.equal([...sent], [], `taken for a printer that reports nothing: ${around(story, sent)}`);
  const isLost = (n: number) => countOf(printer, n) === 0 && !flagged.has(n);
  const lost = new Set(Array.from({ length: tickets }, (_, n) => n).filter(isLost));
  assert.equal([...lost], [], `neither printed nor flagged: ${around(story, lost)}`);
  await assertPapers(printer, options, folder, flagged, faults);
}

/** What happened before and after these tickets were said to be out. */
function around(story: readonly string[], tickets: ReadonlySet<number>): string {
  const isAbout = (line: string) => tickets.has(Number(/^(?:printed|sent) (\d+)$/.exec(line)?.[1]));
  const places = story.flatMap((line, at) => (isAbout(line) ? [at] : []));
  const near = story.filter((_, at) => places.some((place) => Math.abs(place - at) < 30));
  return near
    .filter((line) => line !== '')
    .map((line) => `\n${line.slice(0, 300)}`)
    .join('');
}

function startBox(folder: string, model: string, first: number, end: number) {
  const program = join(dirname(process.argv[1] ?? ''), 'printing-box.js');
  return startProgram(process.execPath, [program, folder, model, `${first}`, `${end}`]);
}

/** Waits, at most until the box has ended. */
async function pause(ms: number, isOver: () => boolean): Promise<void> {
  const endMs = performance.now() + ms;
  while (!isOver() && performance.now() < endMs) await sleep(20);
}

async function disturb(
  printer: PaperPrinter,
  faults: Faults,
  random: () => number,
  kill: () => void,
): Promise<void> {
  const dice = random();
  if (dice < 0.2) {
    faults.paper += 1;
    printer.setPaper(random() * 60);
  } else if (dice < 0.35) {
    faults.cover += 1;
    printer.setCover(true);
  } else if (dice < 0.5) {
    faults.unplug += 1;
    await printer.unplug();
  } else if (dice < 0.65) {
    faults.kill += 1;
    kill();
  }
}

/** Whole tickets of this order among the papers: its stub and the crew's part. */
function countOf({ papers }: PaperPrinter, n: number): number {
  return wholePapers(papers, n).length;
}

function wholePapers(papers: PaperPrinter['papers'], n: number): PaperPrinter['papers'] {
  const has = (text: readonly string[], wanted: string) =>
    text.some((line) => line.trim() === wanted);
  return papers.filter(
    ({ text }) => has(text, `o${n}   1 of 1`) && has(text, `ORDER o${n}`) && isEnded(text, n),
  );
}

/** Its last line is the crew's, after the order's number. */
function isEnded(text: readonly string[], n: number): boolean {
  const at = text.findIndex((line) => line.trim() === `ORDER o${n}`);
  return text.slice(at).some((line) => line.startsWith('Lab, '));
}

async function assertPapers(
  printer: PaperPrinter,
  { model, tickets }: EveningOptions,
  folder: string,
  flagged: ReadonlySet<number>,
  faults: Faults,
): Promise<void> {
  const { publicKey } = await readClaimKeys(keyFileOf(folder));
  const { hasCutter } = PRINTER_PROFILES[model];
  const all = Array.from({ length: tickets }, (_, n) => n);
  const doubled = all.filter((n) => countOf(printer, n) > 1);
  assert.equal(doubled, [], 'printed twice');
  let out = 0;
  for (const n of all) {
    const [paper] = wholePapers(printer.papers, n);
    if (paper === undefined) continue;
    out += 1;
    const codes = readCodes(paper.picture).map((code) => verifyClaim(code, publicKey));
    const orders = codes.flatMap((one) => (one.isValid ? [one.claim.orderId] : []));
    assert.ok(orders.includes(`o${n}`), `o${n}: its code is ${JSON.stringify(codes)}`);
    // A name's own commands would cut, or stand there as characters.
    const name = printable(ticketOf(n).name ?? '');
    assert.ok(paper.cuts.length <= (hasCutter ? 3 : 0), `o${n} (${name}): ${paper.cuts} cuts`);
  }
  assert.ok(out > tickets / 4, `only ${out} of ${tickets} came out`);
  const seen = Object.entries(faults).map(([kind, count]) => `${count} x ${kind}`);
  const counts = `${tickets} tickets, ${out} came out once, ${flagged.size} flagged`;
  console.log(`  TICKETS ${model}: ${counts}, ${seen.join(', ')}`);
}
