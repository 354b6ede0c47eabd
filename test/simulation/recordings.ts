/** Recordings and their journals on a disk that loses its power in the middle of any write. */
import { accessSync, constants, existsSync, readFileSync, writeFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { crc32 } from 'node:zlib';
import { hideBatch } from '../../pipelines/recording/files/hidden-batch.ts';
import { type FragmentEntry, parseJournal } from '../../pipelines/recording/files/journal.ts';
import {
  journalPath,
  moviePath,
  RecordingFile,
} from '../../pipelines/recording/files/recording-file.ts';
import { repairFolder } from '../../pipelines/recording/files/repair.ts';
import { type Movie, tapFeed, wind } from '../support/media/movies.ts';
import { REAL_EPOCH_MS } from '../support/media/real-feed.ts';
import { encodeMedia } from '../support/media/real-media.ts';
import { seeded } from '../support/seeded.ts';
import { Dice, expect, type Scenario } from './scenario.ts';

/** How far a sync came before the power was cut; each step is on the disk before the next one. */
const STAGES = ['data', 'header', 'journal', 'done'] as const;

export type RecordingsAction =
  | { readonly do: 'write'; readonly fragments: number }
  | { readonly do: 'finish' }
  | {
      readonly do: 'power-cut';
      readonly fragments: number;
      readonly stage: (typeof STAGES)[number];
    };

let encoded: Promise<Movie> | undefined;

/** Encoded once; long enough for a few writes, and short enough to end within an evening. */
const MOVIE_S = 15;
/** Of one sync: two tracks of five parts a second, which wait for longer where a disk is slow. */
const FRAGMENTS_MAX = 40;

function movie(): Promise<Movie> {
  encoded ??= encodeMedia().then((media) => {
    const tapped = tapFeed(media);
    tapped.feed.run(MOVIE_S);
    const [first] = wind(tapped);
    if (first === undefined) throw new Error('nothing was recorded');
    return first;
  });
  return encoded;
}

export const recordingsScenario: Scenario<RecordingsAction> = {
  name: 'recordings',
  draw: (random) => {
    const dice = new Dice(random);
    return dice.list(2, 14, () => {
      switch (dice.pick(['write', 'write', 'write', 'finish', 'power-cut', 'power-cut'])) {
        case 'write':
          return { do: 'write', fragments: dice.whole(1, FRAGMENTS_MAX) };
        case 'finish':
          return { do: 'finish' };
        default:
          return {
            do: 'power-cut',
            fragments: dice.whole(0, FRAGMENTS_MAX),
            stage: dice.pick(STAGES),
          };
      }
    });
  },
  run: async (actions, seed) => {
    const folder = await mkdtemp(join(memoryFolder(), 'venuebox-soak-'));
    const world = new RecordingsWorld(folder, await movie(), new Dice(seeded(seed + 1e6)));
    try {
      for (const action of actions) await world.apply(action);
      await world.apply({ do: 'power-cut', fragments: 3, stage: 'data' });
      world.checkEnded();
      // Two fragments of a part each, one a track.
      return world.fragments * 100;
    } finally {
      await world.close();
      await rm(folder, { recursive: true, force: true });
    }
  },
};

/** What a power cut takes is drawn, so that a real disk would only cost time. */
function memoryFolder(): string {
  try {
    accessSync('/dev/shm', constants.W_OK);
    return '/dev/shm';
  } catch {
    return tmpdir();
  }
}

interface Open {
  readonly file: RecordingFile;
  /** On the disk, as the recorder was told. */
  readonly promised: FragmentEntry[];
}

class RecordingsWorld {
  fragments = 0;
  readonly #folder: string;
  readonly #movie: Movie;
  readonly #dice: Dice;
  #begun = 0;
  #open: Open | undefined;
  /** Those that have ended: the movie, and the journal. */
  readonly #ended = new Map<string, { readonly bytes: Buffer; readonly journal: Buffer }>();

  constructor(folder: string, movie: Movie, dice: Dice) {
    this.#folder = folder;
    this.#movie = movie;
    this.#dice = dice;
  }

  async close(): Promise<void> {
    await this.#open?.file.abandon();
  }

  async apply(action: RecordingsAction): Promise<void> {
    if (action.do === 'write') await this.#write(action.fragments);
    else if (action.do === 'finish') await this.#finish();
    else await this.#cutPower(action.fragments, action.stage);
  }

  /** Whatever happened afterwards. */
  checkEnded(): void {
    for (const [name, { bytes, journal }] of this.#ended) {
      const movie = readFileSync(moviePath(this.#folder, name));
      const isSame =
        movie.equals(bytes) && readFileSync(journalPath(this.#folder, name)).equals(journal);
      expect(isSame, `${name} has ended, and is changed`);
    }
  }

  async #write(count: number): Promise<Open> {
    const left = this.#movie.fragments.length - (this.#open?.promised.length ?? 0);
    if (left < count) await this.#finish();
    const open = await this.#current();
    const from = open.promised.length;
    for (const one of this.#movie.fragments.slice(from, from + count)) open.file.append(one);
    open.promised.push(...(await open.file.sync()));
    expect(open.promised.length === from + count, 'what was written is told to be on the disk');
    this.fragments += count;
    return open;
  }

  async #current(): Promise<Open> {
    this.#begun += 1;
    const epochMs = REAL_EPOCH_MS + this.#begun * 1_000;
    this.#open ??= {
      file: await RecordingFile.create(this.#folder, { epochMs }, this.#movie.begin),
      promised: [],
    };
    return this.#open;
  }

  async #finish(): Promise<void> {
    const open = this.#open;
    if (open === undefined) return;
    this.#open = undefined;
    await open.file.finish('off', true);
    this.#checkWhole(open.file.name, open.promised);
  }

  async #cutPower(count: number, stage: (typeof STAGES)[number]): Promise<void> {
    const { file, promised } = await this.#current();
    const paths = [moviePath(this.#folder, file.name), journalPath(this.#folder, file.name)];
    const [before, journalBefore] = paths.map((path) => readFileSync(path)) as [Buffer, Buffer];
    const kept = [...promised];
    const isWritten = count > 0 && this.#movie.fragments.length - promised.length >= count;
    if (isWritten) await this.#write(count);
    await file.abandon();
    this.#open = undefined;
    const [after, journalAfter] = paths.map((path) => readFileSync(path)) as [Buffer, Buffer];
    if (isWritten) {
      writeFileSync(paths[0] ?? '', this.#movieAt(stage, before, after));
      const line = journalAfter.subarray(journalBefore.length);
      const isLineThere = stage === 'done' || (stage === 'journal' && this.#dice.isTrue(0.2));
      const torn = stage === 'journal' && !isLineThere ? this.#torn(line, 0) : Buffer.alloc(0);
      writeFileSync(paths[1] ?? '', Buffer.concat([journalBefore, isLineThere ? line : torn]));
      if (stage === 'done') kept.splice(0, kept.length, ...promised);
    }
    await repairFolder(this.#folder);
    expect((await repairFolder(this.#folder)).length === 0, 'a second repair finds nothing');
    this.#checkWhole(file.name, kept);
  }

  #movieAt(stage: (typeof STAGES)[number], before: Buffer, after: Buffer): Buffer {
    if (stage === 'journal' || stage === 'done') return after;
    const batch = after.subarray(before.length);
    const { hidden } = hideBatch([batch]);
    if (stage === 'header') return this.#dice.isTrue(0.5) ? after : Buffer.concat([before, hidden]);
    return Buffer.concat([before, this.#torn(hidden, before.length)]);
  }

  /** Cut off at any byte, and blocks of the disk that never reached it read as zeros. */
  #torn(bytes: Buffer, offset: number): Buffer {
    const torn = Buffer.from(bytes.subarray(0, this.#dice.whole(0, bytes.length)));
    const block = this.#dice.pick([512, 4_096]);
    for (let at = 0; at < torn.length; at += block - ((offset + at) % block)) {
      const end = Math.min(torn.length, at + block - ((offset + at) % block));
      if (this.#dice.isTrue(0.2)) torn.fill(0, at, end);
    }
    return torn;
  }

  /** All that was promised is there, it ends with a complete fragment, and the journal lists it. */
  #checkWhole(name: string, promised: readonly FragmentEntry[]): void {
    const path = moviePath(this.#folder, name);
    expect(existsSync(path) || promised.length === 0, `${name} is gone`);
    if (!existsSync(path)) return;
    const bytes = readFileSync(path);
    const written = readFileSync(journalPath(this.#folder, name));
    const journal = parseJournal(written);
    expect(journal?.end !== undefined, `${name}: its journal has no end`);
    const listed = journal?.fragments ?? [];
    expect(listed.length >= promised.length, `${name}: ${promised.length - listed.length} lost`);
    const last = listed.at(-1);
    const endAt = (last?.offset ?? 0) + (last?.bytes ?? 0);
    expect(endAt === bytes.length, `${name} ends at ${bytes.length}, its journal at ${endAt}`);
    for (const { offset, bytes: length, crc } of listed) {
      const fragment = bytes.subarray(offset, offset + length);
      const isSame = fragment.equals(this.#movie.bytes.subarray(offset, offset + length));
      expect(isSame, `${name}: the fragment at ${offset} is not as it was written`);
      expect(crc32(fragment) === crc, `${name}: that at ${offset} has another checksum`);
    }
    this.#ended.set(name, { bytes, journal: written });
  }
}
