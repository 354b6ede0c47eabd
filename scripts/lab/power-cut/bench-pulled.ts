/**
 * `npm run bench:pulled [-- TIMES FORMAT…]`: pulls disks with exFAT, vfat and ext4 out of a machine
 * while it records, and says what a laptop without the box makes of them.
 */
import { basename } from 'node:path';
import { probe } from '../../../test/support/media/movies.ts';
import { type Figure, printFigures, saveFigures, watchMachine } from '../../bench/machine.ts';
import { prepareGuest } from './cuts.ts';
import { type DiskFormat, findFatKernel, findKernel } from './machine.ts';
import { pullDisks } from './pulled.ts';

const [asked = '25', ...names] = process.argv.slice(2);
const times = Number(asked);
const FORMATS: readonly DiskFormat[] = ['exfat', 'vfat', 'ext4'];
const formats = FORMATS.filter((format) => names.length === 0 || names.includes(format));
const machine = watchMachine();
/** The lab's own kernel has ext4, and needs no build. */
const kernels = formats.map((format) => (format === 'ext4' ? findKernel() : findFatKernel()));
const { work, remove } = await prepareGuest();
process.on('exit', remove);
const figures: Figure[] = [];
for (const [i, format] of formats.entries()) {
  figures.push(...(await measure(format, kernels[i] ?? '')));
}
const measured = machine();
printFigures('disks pulled out', figures, measured);
saveFigures('pulled', figures, measured);

async function measure(format: DiskFormat, kernel: string): Promise<readonly Figure[]> {
  const missingMs: number[] = [];
  const faults: string[] = [];
  let disks = 0;
  let lagMs = 0;
  for await (const { movies, publishedUs, starvedMs, lagMaxMs } of pullDisks(
    kernel,
    work,
    times,
    format,
  )) {
    disks += 1;
    lagMs = Math.max(lagMs, lagMaxMs);
    const [movie] = movies;
    if (movie === undefined) {
      faults.push('no file');
      continue;
    }
    const { complaints, frames, durationS } = await probe(movie).catch((error: unknown) => ({
      complaints: String(error),
      frames: { video: 0, audio: 0 },
      durationS: 0,
    }));
    if (complaints !== '' || frames.video === 0) faults.push(`${basename(movie)}: ${complaints}`);
    const startMs = startOf(basename(movie));
    const publishedMs = startMs - (startMs % 86_400_000) + publishedUs / 1000;
    missingMs.push(publishedMs - startMs - durationS * 1000 - starvedMs);
  }
  console.error(`${format}: missing, in ms: ${missingMs.map(Math.round).join(' ')}`);
  for (const fault of faults) console.log(`${format}: ${fault.slice(0, 300)}`);
  missingMs.sort((a, b) => a - b);
  const at = (share: number) => Math.round(missingMs[Math.floor(missingMs.length * share)] ?? 0);
  const value = `p50 ${at(0.5)}, max ${Math.round(missingMs.at(-1) ?? 0)} ms`;
  return [
    {
      name: `${format}: files that do not play, of ${disks}`,
      value: `${faults.length}`,
      goal: '0',
    },
    { name: `${format}: missing of what was published`, value, goal: '<= 1,000 ms' },
    {
      name: `${format}: longest from publication to its sync`,
      value: `${Math.round(lagMs)} ms`,
      goal: '-',
    },
  ];
}

/** From a name of `recordingName`. */
function startOf(name: string): number {
  const [, day = '', time = ''] = /^venuebox-(\d{8})T([\d.]+)Z/.exec(name) ?? [];
  const date = day.replace(/(\d{4})(\d\d)(\d\d)/, '$1-$2-$3');
  return Date.parse(`${date}T${time.replace(/(\d\d)(\d\d)(\d\d.*)/, '$1:$2:$3')}Z`);
}
