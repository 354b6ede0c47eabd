/** Safe mode: after three crashes, and never for a power cut or an end in good order. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import {
  CRASHES_MAX,
  type Crashes,
  crashesSchema,
  endedWell,
  failedWith,
  LIVE_CRASHES_MAX,
  safeModeReason,
  started,
  WITHIN_MS,
} from '../../../daemon/safe-mode/crashes.ts';
import { runGuarded } from '../../../daemon/safe-mode/guard.ts';
import { parseAs } from '../../../hal/os/files/json.ts';
import { silentLog } from '../../../hal/os/log.ts';

const test = suite('safe mode');

const startAt = (sinceBootMs: number, change: object = {}) => ({
  ...{ bootId: 'boot', version: '1', sinceBootMs },
  ...change,
});

const parse = (text: string) => parseAs(crashesSchema, text);

/** So many starts, each of which dies; then one more. */
function crash(times: number, everyMs = 1_000, change: object = {}): Crashes {
  let crashes = started(undefined, startAt(0, change));
  for (let i = 1; i <= times; i += 1) crashes = started(crashes, startAt(i * everyMs, change));
  return crashes;
}

test('the start after the third crash is one in safe mode, with the last reason', () => {
  assert.is(safeModeReason(crash(CRASHES_MAX - 1), false), undefined);
  assert.match(safeModeReason(crash(CRASHES_MAX), false) ?? '', 'ended 3 times within 5 minutes');
  const failed = failedWith(crash(CRASHES_MAX - 1), 'the port 8080 is taken');
  const next = started(failed, startAt(CRASHES_MAX * 1_000));
  assert.match(safeModeReason(next, false) ?? '', 'the port 8080 is taken');
});

test('crashes that are far apart, of another run of the machine or another version, do not count', () => {
  assert.is(safeModeReason(crash(20, WITHIN_MS / 2), false), undefined);
  const before = crash(CRASHES_MAX);
  for (const change of [{ bootId: 'another' }, { version: '2' }]) {
    assert.is(safeModeReason(started(before, startAt(9_000, change)), false), undefined);
  }
  assert.is(safeModeReason(crash(20, 1_000, { bootId: '' }), false), undefined);
});

test('an end in good order makes up for all crashes before', () => {
  const well = endedWell(crash(CRASHES_MAX));
  assert.is(safeModeReason(started(well, startAt(9_000)), false), undefined);
});

test('during a drop guests are better off with restarts, for longer', () => {
  assert.is(safeModeReason(crash(LIVE_CRASHES_MAX - 1), true), undefined);
  assert.ok(safeModeReason(crash(LIVE_CRASHES_MAX), true) !== undefined);
});

test('a file that is damaged counts for nothing', () => {
  for (const text of ['', '{', '[]', '{"v":1}', JSON.stringify({ ...crash(3), startsMs: 'x' })]) {
    assert.is(parse(text), undefined, text);
  }
  assert.equal(parse(JSON.stringify(crash(3))), crash(3));
});

test('a box that fails thrice runs in safe mode, and as it should once that was ended', async () => {
  const stateFolder = mkdtempSync(join(tmpdir(), 'venuebox-safe-'));
  const box = {
    ...{ stateFolder, version: '1', log: silentLog },
    launched: { program: '/opt/venuebox', id: 'installed' },
    notify: { hasReceiver: true },
  };
  const modes: (string | undefined)[] = [];
  const run = (error?: Error) =>
    runGuarded(box, async (safeMode) => {
      modes.push(safeMode);
      if (error !== undefined) throw error;
    }).catch(() => undefined);
  for (let i = 0; i < CRASHES_MAX; i += 1) await run(new Error('no camera at /dev/video0'));
  await run();
  await run();
  assert.equal(
    modes.map((mode) => mode !== undefined),
    [...Array.from({ length: CRASHES_MAX }, () => false), true, false],
  );
  assert.match(modes[CRASHES_MAX] ?? '', 'no camera at /dev/video0');
  assert.ok(parse(readFileSync(join(stateFolder, 'crashes.json'), 'utf8')) !== undefined);
  // A checkout has nobody who starts it again.
  writeFileSync(join(stateFolder, 'crashes.json'), '');
  await runGuarded({ ...box, launched: undefined }, async () => undefined);
  assert.is(readFileSync(join(stateFolder, 'crashes.json'), 'utf8'), '');
  rmSync(stateFolder, { recursive: true });
});

test.run();
