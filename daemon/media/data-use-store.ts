/** Saves the links’ data use in the state folder. */
import { join } from 'node:path';
import type { Log } from '../../hal/os/log.ts';
import { openSaved } from '../../hal/os/state/saved.ts';
import {
  addBeside,
  type Beside,
  type DataUse,
  dataUseSchema,
  type LinkCount,
  noteDataUse,
  noteSim,
  resumeDataUse,
  turnMonth,
} from './data-use.ts';

/** A file written more often wears an SD card; what a power cut forgets is this much. */
const SAVE_EVERY_MS = 20_000;

export interface DataUseStore extends AsyncDisposable {
  /** The use in the month of `wallMs`, which may have begun while nothing was noted. */
  useAt(wallMs: number): DataUse;
  /** @returns true when another month is counted from now on and the links must be sent theirs. */
  note(links: readonly LinkCount[], wallMs: number): boolean;
  /** The modem of a link has counted so many bytes for all programs in `month`. */
  noteSim(link: string, bytes: number, month: string): void;
  /** So many bytes were carried over a link beside the bond. */
  addBeside(what: Beside, link: string, bytes: number, wallMs: number): void;
}

export function openDataUse(folder: string, wallMs: number, log: Log): DataUseStore {
  const path = join(folder, 'data-use.json');
  const saved = openSaved<DataUse>(path, dataUseSchema, { what: 'data use', log });
  let use = resumeDataUse(saved.value, wallMs);
  let savedMs = wallMs;
  const save = (nowMs: number) => {
    savedMs = nowMs;
    void saved.save(use);
  };
  return {
    useAt: (nowMs) => {
      use = turnMonth(use, nowMs);
      return use;
    },
    note: (links, nowMs) => {
      const { month } = use;
      use = noteDataUse(use, links, nowMs);
      if (Math.abs(nowMs - savedMs) >= SAVE_EVERY_MS || use.month !== month) save(nowMs);
      return use.month !== month;
    },
    noteSim: (link, bytes, month) => {
      use = noteSim(use, link, bytes, month);
    },
    addBeside: (what, link, bytes, nowMs) => {
      use = addBeside(use, what, link, bytes, nowMs);
      if (Math.abs(nowMs - savedMs) >= SAVE_EVERY_MS) save(nowMs);
    },
    [Symbol.asyncDispose]: () => saved.save(use),
  };
}
