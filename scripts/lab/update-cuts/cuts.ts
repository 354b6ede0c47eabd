/** Cuts the power of a machine that updates itself again and again, and says what came up after each cut. */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { seeded } from '../../../test/support/seeded.ts';
import { bootWith, type Machine } from '../power-cut/machine.ts';
import type { Kind, Workshop } from './workshop.ts';

/** After which word of the machine the power goes; `boot`: before it has said anything. */
export const MOMENTS = [
  'boot',
  'tried',
  'proved',
  'installs',
  'half',
  'on-trial',
  'gave-up',
] as const;
export type Moment = (typeof MOMENTS)[number];

/** Without it a machine installs three others on the way to one that gives up. The rest comes after any. */
const LEADS_TO: Partial<Readonly<Record<Moment, Kind>>> = {
  tried: 'good',
  proved: 'good',
  'gave-up': 'dark',
};

export interface UpdateCut {
  readonly moment: Moment;
  /** The last thing that it said before the power went. */
  readonly last: string;
  /** The version that worked at the next start, and how long that took from the machine's start. */
  readonly ran: string;
  readonly afterMs: number;
  /** What must not be; empty where all is well. */
  readonly faults: readonly string[];
}

/** Of a machine that shares a core with thirty others, and gives way to all of them (nice 19). */
const SAYS_WITHIN_MS = 1_800_000;
const BOOT_MS = 4_000;
const AFTER_MS = 800;
const VERSIONS_MAX = 3;

interface Line {
  readonly what: string;
  readonly about: string;
}

export async function* cutUpdates(
  kernel: string,
  workshop: Workshop,
  cuts: number,
  seed: number,
): AsyncGenerator<UpdateCut> {
  const random = seeded(seed);
  const history = new History(workshop);
  let cut: Pick<UpdateCut, 'moment' | 'last'> | undefined;
  for (let i = 0; i <= cuts; i += 1) {
    // Never twice: what comes up is looked at after each second cut at least.
    const isEarly = i < cuts && cut !== undefined && cut.moment !== 'boot';
    const from = isEarly ? 0 : 1;
    const moment = MOMENTS[from + Math.floor(random() * (MOMENTS.length - from))] as Moment;
    const waitMs = random() * (moment === 'boot' ? BOOT_MS : AFTER_MS);
    writeFileSync(join(workshop.work, 'out/kind'), LEADS_TO[moment] ?? '');
    const beganMs = performance.now();
    const machine = start(kernel, workshop);
    try {
      if (moment !== 'boot' || i === cuts) {
        const ran = await history.untilWorks(machine);
        const afterMs = performance.now() - beganMs;
        if (cut !== undefined) yield { ...cut, ran, afterMs, faults: history.faults() };
        if (i < cuts) await history.until(moment, machine);
      } else if (cut !== undefined) {
        yield { ...cut, ran: 'cut again at once', afterMs: 0, faults: [] };
      }
      if (i < cuts) await sleep(waitMs);
    } finally {
      machine.cut();
    }
    await machine.ended;
    cut = { moment, last: history.last() };
  }
}

function start(kernel: string, { work }: Workshop): Machine {
  return bootWith(kernel, 'scripts/lab/update-cuts/init.sh', [
    `ubd0=${readFileSync(join(work, 'disk'), 'utf8')}`,
    `cut_work=${work}`,
  ]);
}

/** What the machine has said over all its starts. */
class History {
  readonly #workshop: Workshop;
  /** Lines that were read. */
  #read = 0;
  /** What has proved itself, as it said after that was on the disk. */
  #good = 'installed';
  /** Last on trial: it may have proved itself without the time to say so. */
  #tried = 'installed';
  #last = 'nothing';
  #faults: string[] = [];

  constructor(workshop: Workshop) {
    this.#workshop = workshop;
  }

  last(): string {
    for (const _ of this.#news());
    return this.#last;
  }

  faults(): readonly string[] {
    return this.#faults.splice(0);
  }

  /** Resolves with the version that works. */
  async untilWorks(machine: Machine): Promise<string> {
    const { about } = await this.#next(machine, ['works', 'proved']);
    if (this.#workshop.kinds.get(about) !== 'good') this.#faults.push(`${about} is no good one`);
    return about;
  }

  async until(what: Moment, machine: Machine): Promise<void> {
    await this.#next(machine, [what]);
  }

  async #next(machine: Machine, wanted: readonly string[]): Promise<Line> {
    const endMs = performance.now() + SAYS_WITHIN_MS;
    let hasEnded = false;
    void machine.ended.then(() => {
      hasEnded = true;
    });
    for (;;) {
      // What it has said before its end counts.
      const isLast = hasEnded || performance.now() > endMs;
      for (const line of this.#news()) if (wanted.includes(line.what)) return line;
      if (isLast) {
        throw new Error(`it never says ${wanted.join(' or ')}: ${this.#last} ${machine.console()}`);
      }
      await sleep(20);
    }
  }

  *#news(): Generator<Line> {
    const path = join(this.#workshop.work, 'out/said');
    const text = existsSync(path) ? readFileSync(path, 'utf8') : '';
    const lines = text.split('\n').slice(0, -1);
    while (this.#read < lines.length) {
      const [what = '', ...about] = (lines[this.#read] ?? '').split(' ');
      this.#read += 1;
      const line = { what, about: about.join(' ') };
      this.#note(line);
      yield line;
    }
  }

  #note({ what, about }: Line): void {
    this.#last = `${what} ${about}`;
    const isWorking = what === 'works' || what === 'proved';
    if (isWorking && about !== this.#good && about !== this.#tried) {
      this.#faults.push(`${about} runs, and ${this.#good} had proved itself`);
    }
    if (isWorking) this.#good = about;
    if (what === 'tried') this.#tried = about;
    if (what === 'failed') this.#faults.push(about);
    if (what === 'kept' && Number(about) > VERSIONS_MAX) {
      this.#faults.push(`${about} versions lie on the disk`);
    }
  }
}
