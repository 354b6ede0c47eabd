/** Disks that are full, hang, break or vanish. */
import { rm, statfs, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Fault } from './fault.ts';

const FILLER = 'filler';

/** Until not a byte is left. */
async function fill(folder: string): Promise<void> {
  const { bavail, bsize } = await statfs(folder);
  const path = join(folder, FILLER);
  await writeFile(path, Buffer.alloc(bavail * bsize)).catch(() => undefined);
  await writeFile(path, Buffer.alloc(4_096), { flag: 'a' }).catch(() => undefined);
}

const emptied = (folder: string) => () => rm(join(folder, FILLER), { force: true });

export const DISK_FAULTS: readonly Fault[] = [
  {
    name: 'recording disk full',
    lastsS: [8, 20],
    begin: async ({ card }) => {
      if (card === undefined) return undefined;
      await fill(card.folder);
      return emptied(card.folder);
    },
  },
  {
    name: 'state disk full',
    lastsS: [8, 20],
    begin: async ({ state }) => {
      if (state === undefined) return undefined;
      await fill(state.folder);
      return emptied(state.folder);
    },
  },
  {
    name: 'recording disk read-only',
    lastsS: [5, 15],
    alert: /^recording-.*-read-only/,
    begin: async ({ card }) => {
      // What is open for writing keeps it from that, as a real disk does not.
      const isDone = await card?.remount('ro').then(
        () => true,
        () => false,
      );
      if (card === undefined || isDone !== true) return undefined;
      return () => card.remount('rw');
    },
  },
  {
    name: 'recording disk pulled out',
    lastsS: [5, 20],
    alert: /^recording-usb-gone/,
    begin: async ({ usb }) => {
      await usb?.pull();
      return usb?.mount;
    },
  },
  {
    name: 'recording disk hangs',
    lastsS: [4, 40],
    begin: async ({ usb }) => {
      await usb?.freeze();
      return usb?.thaw;
    },
  },
  {
    name: 'recording disk crawls',
    lastsS: [5, 20],
    begin: async ({ usb }) => {
      if ((await usb?.slowDown(40_000)) !== true) return undefined;
      return usb?.speedUp;
    },
  },
];
