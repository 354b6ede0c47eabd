/** A box on a machine whose root is read-only: only the folder of its state can be written, or not even that. */
import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { BoxSnapshot } from '../../daemon/model/snapshot.ts';
import { startBox, until } from '../support/box.ts';

const test = suite('a box on a read-only root');

/** Of a machine that does twenty other things. */
const PATIENCE_MS = 240_000;

/** In a mount namespace of its own. The service has a /tmp of its own, in memory. */
const READ_ONLY = `set -e
mount --make-rprivate /
mount --bind "$STATE_DIRECTORY" "$STATE_DIRECTORY"
mount -o remount,bind,ro /
if touch /tmp/venuebox-was-here 2>/dev/null; then echo 'the root is not read-only'; exit 97; fi
mkdir "$STATE_DIRECTORY/tmp"
mount -t tmpfs tmp "$STATE_DIRECTORY/tmp"
export TMPDIR="$STATE_DIRECTORY/tmp"
exec "$@"`;
const PREFIX = ['unshare', '--mount', 'sh', '-c', READ_ONLY, 'sh'];

/** Only what lies in memory can be written. */
const READ_ONLY_STATE = `set -e
mount --make-rprivate /
mkdir "$STATE_DIRECTORY/tmp"
mount --bind "$STATE_DIRECTORY" "$STATE_DIRECTORY"
mount -o remount,bind,ro "$STATE_DIRECTORY"
mount -t tmpfs tmp "$STATE_DIRECTORY/tmp"
export TMPDIR="$STATE_DIRECTORY/tmp" XDG_RUNTIME_DIR="$STATE_DIRECTORY/tmp"
if touch "$STATE_DIRECTORY/was-here" 2>/dev/null; then echo 'the state can be written'; exit 97; fi
exec "$@"`;

const canTry = () => {
  const args = ['--mount', 'sh', '-c', 'mount --make-rprivate / && mount -o remount,bind,ro /'];
  return spawnSync('unshare', args).status === 0;
};

if (canTry()) {
  test('it goes live and records, and misses nothing', async () => {
    const overrides = [
      'recording.targets=[{id: card, folder: recordings, reserve_mb: 1, reserve_pct: 0}]',
      'clips.folder=clips',
    ];
    await using box = await startBox(overrides, ['demo'], PREFIX);
    const shows = async () => (await fetch(`${box.url}/live/index.m3u8`)).status === 200;
    await until(shows, PATIENCE_MS, () => box.output());
    const recordings = join(box.folder, 'recordings');
    const isRecorded = () =>
      existsSync(recordings) && readdirSync(recordings).some((name) => name.endsWith('.mp4'));
    await until(
      async () => isRecorded(),
      PATIENCE_MS,
      () => box.output(),
    );
    const { warnings, drop } = await box.state<BoxSnapshot>();
    assert.is(drop.phase, 'live');
    const missed = warnings.filter(({ detail }) => /EROFS|read-only|not saved/.test(detail ?? ''));
    assert.equal(missed, []);
    assert.not.match(box.output(), /EROFS|[Rr]ead-only/);
  });

  test('no file that it would make at its start keeps it dark', async () => {
    const prefix = [...PREFIX.slice(0, 4), READ_ONLY_STATE, 'sh'];
    await using box = await startBox([], ['demo'], prefix);
    const shows = async () => (await fetch(`${box.url}/live/index.m3u8`)).status === 200;
    await until(shows, PATIENCE_MS, () => box.output());
    const { drop, prints } = await box.state<BoxSnapshot>();
    assert.is(drop.phase, 'live');
    assert.equal(prints?.damaged, ['ticket-key.pem']);
  });
} else {
  console.log('SKIPPED 1: this machine makes no mount namespace');
}

test.run();
