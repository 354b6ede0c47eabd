/** `venuebox doctor recordings`. */
import { dirname, resolve } from 'node:path';
import { disksBelow } from '../../../hal/system/disks-below.ts';
import { isOnSystemDisk } from '../../../pipelines/recording/volume.ts';
import type { Config } from '../../config/config.ts';
import { unwritableFolders } from '../../config/files/writable-folders.ts';
import { describeShared, sharedDisks } from '../../health/recording-rules.ts';
import { type Finding, note, type PartReport, wrong } from './report.ts';

/** Where recordings would go, and whether two copies would lie on one disk. */
export async function probeRecordings(
  config: Pick<Config, 'recording' | 'clips'>,
  stateFolder: string,
): Promise<PartReport> {
  const { targets } = config.recording;
  const places = await Promise.all(
    targets.map(async ({ id, folder, own_volume }) => {
      const path = resolve(stateFolder, folder);
      const isAway = own_volume && (await isOnSystemDisk(path));
      return { id, folder: path, disks: isAway ? [] : await disksOfNearest(path) };
    }),
  );
  const shared = describeShared(
    sharedDisks(places.map((place) => ({ ...place, phase: 'off', writtenBps: 0 }))),
  );
  const away = places.filter(({ disks }) => disks.length === 0);
  const findings: readonly Finding[] = [
    ...away.map(({ folder }) => wrong(`no disk is mounted at ${folder}`, 'plug it in')),
    ...unwritableFolders(config).map((line) => note(...splitAdvice(line))),
    ...(shared === undefined ? [] : [note(shared, 'plug in a second disk')]),
  ];
  return {
    part: 'recordings',
    driver: places.length === 0 ? 'absent' : 'files',
    lines: places.map(
      ({ id, folder, disks }) => `${id}: ${folder} on ${disks.join(' and ') || 'no disk'}`,
    ),
    findings,
  };
}

/** A folder that is not made yet will lie where its nearest parent does. */
async function disksOfNearest(path: string): Promise<readonly string[]> {
  try {
    return await disksBelow(path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT' || path === '/') throw error;
    return await disksOfNearest(dirname(path));
  }
}

function splitAdvice(line: string): [what: string, advice: string] {
  const [what = '', ...advice] = line.split('; ');
  return [what, advice.join('; ')];
}
