/** Tests of finding the disks below a folder. */
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { disksBelow, mountOf, parseMounts } from '../../../hal/system/disks-below.ts';
import { openLoopVolume, openVolume } from '../../support/volume.ts';

const test = suite('disks below a folder');

/** As a Pi with a USB disk has them, and a network disk. */
const MOUNTS = `24 1 179:2 / / rw,noatime shared:1 - ext4 /dev/mmcblk0p2 rw
29 24 0:26 / /run rw,nosuid - tmpfs tmpfs rw,size=802M
63 24 8:1 / /media/two\\040words rw - exfat /dev/sda1 rw,uid=1000
70 24 0:55 / /mnt/nas rw master:3 - nfs4 nas.local:/music rw
71 24 0:56 /@music /srv rw - btrfs /dev/nvme0n1p3 rw,subvol=/@music
`;

test('a path belongs to the deepest mount that holds it', () => {
  const of = (path: string) => mountOf(path, parseMounts(MOUNTS))?.source;
  assert.is(of('/media/two words/venuebox'), '/dev/sda1');
  assert.is(of('/media/two'), '/dev/mmcblk0p2');
  assert.is(of('/srv'), '/dev/nvme0n1p3');
  assert.is(of('/mnt/nas/a'), 'nas.local:/music');
});

test('any text is read without an error', () => {
  fc.assert(fc.property(fc.string(), (text) => void mountOf('/a', parseMounts(text))));
});

test('two folders of one disk have one disk, also across a link', async () => {
  const base = await mkdtemp(join(tmpdir(), 'venuebox-disks-'));
  try {
    const folders = ['a', 'b'].map((name) => join(base, name));
    for (const folder of folders) await mkdir(folder);
    const [a, b] = await Promise.all(folders.map(disksBelow));
    assert.is(a?.length, 1);
    assert.equal(a, b);
    const missing = await disksBelow(join(base, 'c')).catch((error: unknown) => error);
    assert.instance(missing, Error);
  } finally {
    await rm(base, { recursive: true });
  }
});

test('a memory disk is another than the one it is mounted on, and than a second one', async () => {
  await using one = await openVolume(1_000_000);
  await using two = await openVolume(1_000_000);
  if (one === undefined || two === undefined) return;
  const seen = await Promise.all([one.folder, two.folder, tmpdir()].map(disksBelow));
  assert.match(seen[0]?.[0] ?? '', /^tmpfs \d+:\d+$/);
  assert.is(new Set(seen.map(String)).size, 3);
});

test('a file system on a block device is reported by its name', async () => {
  await using volume = await openLoopVolume();
  if (volume === undefined) return;
  assert.match((await disksBelow(volume.folder)).join(), /^loop\d+$/);
});

test.run();
