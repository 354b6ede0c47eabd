/** What disks have finished. */
import { readdirSync } from 'node:fs';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { finishedRequests } from '../../../hal/system/disk-requests.ts';

const test = suite('requests that disks have finished');

/** A Pi's card, kernel 6.12. The 9th is what is under way, the 10th and 11th how long it takes. */
const CARD =
  '    5120      930   402110     3310     2210     4100   180210    52110        3    31020    59100        4        0     8192       12       61      480\n';

test('reads, writes, discards and flushes count, and not what is under way', () => {
  const read = (path: string) => {
    assert.is(path, '/sys/block/mmcblk0/stat');
    return CARD;
  };
  assert.is(finishedRequests(['mmcblk0'], read), 5_120 + 2_210 + 4 + 61);
  const hanging = CARD.replace('        3    31020    59100', '        9    99999   999999');
  assert.is(
    finishedRequests(['mmcblk0'], () => hanging),
    5_120 + 2_210 + 4 + 61,
  );
});

test('kernels before 5.5 count no flushes, and those before 4.19 no discards', () => {
  const old = CARD.trim().split(/\s+/).slice(0, 11).join(' ');
  assert.is(
    finishedRequests(['sda', 'sdb'], () => old),
    2 * (5_120 + 2_210),
  );
});

test('nothing is known of what has no disk, or of one that is pulled out', () => {
  assert.is(finishedRequests(['tmpfs 0:45']), undefined);
  assert.is(finishedRequests([]), undefined);
});

test('a disk of this machine has a count', () => {
  const [disk] = readdirSync('/sys/block');
  if (disk !== undefined) assert.ok((finishedRequests([disk]) ?? -1) >= 0);
});

test.run();
