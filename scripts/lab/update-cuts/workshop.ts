/** What a machine that is updated needs: the installed program with the real launcher, and releases. */
import { randomFillSync } from 'node:crypto';
import {
  chmodSync,
  cpSync,
  createReadStream,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { LineStream, openRelease } from '../../../daemon/update/stream.ts';
import { INSTALLED } from '../../../daemon/update/versions.ts';
import { makeKey, pack } from '../../release/pack.ts';
import { makeDisk } from '../power-cut/machine.ts';
import { bundle } from '../power-cut/work.ts';

/** `dark`: it runs without a picture. `broken`: it ends at once. */
export type Kind = 'good' | 'dark' | 'broken';

export interface Workshop extends Disposable {
  readonly work: string;
  readonly kinds: ReadonlyMap<string, Kind>;
}

/** The disks lie in memory: those of a busy host would be what is measured. */
const DISKS_ROOT = '/dev/shm';
/** An update leaves 200 MB free. */
const DISK_MB = 400;
/** Enough of them that a cut falls between any two. */
const FILES = 120;
const FILE_BYTES_MAX = 30_000;
const RELEASES: readonly Kind[] = ['good', 'dark', 'good', 'broken'];

export async function openUpdateWorkshop(): Promise<Workshop> {
  const work = mkdtempSync(join(tmpdir(), 'venuebox-update-cuts-'));
  const disk = mkdtempSync(join(DISKS_ROOT, 'venuebox-update-cuts-'));
  const dispose = () => {
    for (const folder of [work, disk]) rmSync(folder, { recursive: true, force: true });
  };
  try {
    makeDisk(join(disk, 'state.img'), DISK_MB);
    mkdirSync(join(work, 'out'));
    writeFileSync(join(work, 'out/turn'), '0');
    writeFileSync(join(work, 'disk'), join(disk, 'state.img'));
    await layGuest(work);
    const kinds = await makeReleases(work);
    return { work, kinds, [Symbol.dispose]: dispose };
  } catch (error) {
    dispose();
    throw error;
  }
}

async function layGuest(work: string): Promise<void> {
  const programs = {
    guest: 'scripts/lab/update-cuts/guest.ts',
    'installed/dist/daemon/update/launch': 'daemon/update/launch.ts',
  };
  await bundle(programs, work);
  const installed = join(work, 'installed');
  layProgram(installed, '1.0', 'good');
  const script = readFileSync('systemd/venuebox.sh', 'utf8');
  writeFileSync(join(installed, 'bin/venuebox'), script.replaceAll('/opt/venuebox', installed));
  chmodSync(join(installed, 'bin/venuebox'), 0o755);
}

async function makeReleases(work: string): Promise<ReadonlyMap<string, Kind>> {
  const keyFile = join(work, 'key.pem');
  const key = makeKey(keyFile);
  writeFileSync(join(work, 'key'), key);
  writeFileSync(join(work, 'venuebox.yaml'), `update: {key: "${key}"}\n`);
  const kinds = new Map<string, Kind>([[INSTALLED, 'good']]);
  for (const [i, kind] of RELEASES.entries()) {
    const program = join(work, `program-${i}`);
    const out = join(work, `${i}-${kind}.release`);
    layProgram(program, `1.${i + 1}`, kind);
    fill(join(program, 'files'));
    await pack({ program, keyFile, out, built: `2026-11-29T20:0${i}:00.000Z` });
    await using stream = new LineStream(createReadStream(out));
    kinds.set((await openRelease(stream, key)).id, kind);
    rmSync(program, { recursive: true });
  }
  return kinds;
}

function layProgram(folder: string, version: string, kind: Kind): void {
  const run =
    kind === 'broken'
      ? 'process.exit(1);'
      : `const { runVersion } = await import(process.env.CUT_WORK + '/guest.js');
         await runVersion(${kind === 'dark'});`;
  const files = {
    'bin/node': `#!/bin/sh\nexec '${process.execPath}' "$@"\n`,
    'package.json': JSON.stringify({ version, type: 'module' }),
    'dist/daemon/main.js': `if (process.argv[2] === '--version') console.log('venuebox ${version}');
      else { ${run} }`,
  };
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), text);
  }
  chmodSync(join(folder, 'bin/node'), 0o755);
}

function fill(folder: string): void {
  mkdirSync(folder);
  for (let i = 0; i < FILES; i += 1) {
    const bytes = Math.floor((FILE_BYTES_MAX * (i + 1)) / FILES);
    writeFileSync(join(folder, String(i)), randomFillSync(Buffer.alloc(bytes)));
  }
}

/** So that a run can be looked at afterwards. */
export function keepDisk(work: string, to: string): void {
  cpSync(readFileSync(join(work, 'disk'), 'utf8'), to);
}
