/** What was asked for on air, over a restart of the box. */
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { Overlay } from '../../../daemon/overlay/overlay.ts';
import type { PlannedOverlay } from '../../../daemon/overlay/planned.ts';
import { SavedOverlay, savedOverlaySchema } from '../../../daemon/overlay/saved-request.ts';
import { silentLog } from '../../../hal/os/log.ts';
import { openSaved } from '../../../hal/os/state/saved.ts';
import { WELL } from '../../support/snapshot.ts';
import { VirtualClock } from '../../support/virtual-clock.ts';

const test = suite('overlay over a restart');
const TEMP = mkdtempSync(join(tmpdir(), 'venuebox-overlay-'));
test.after(() => rmSync(TEMP, { recursive: true }));

const SHOP = 'https://shop.example.org/poster';
const PLANNED: PlannedOverlay = {
  drop: 'friday',
  content: {
    ...{ code: 'none', corner: 'bottom-right', sizePct: 22 },
    ...{ title: '', name: '', line: '' },
  },
  schedule: { fromS: 0, forS: 0, everyS: 0 },
  hosts: ['shop.example.org'],
};

/** A box in that drop, with what its file holds at the start. */
function open(file: string, { dropId = 'run-1', hosts = PLANNED.hosts } = {}) {
  const clock = new VirtualClock();
  const path = join(mkdtempSync(join(TEMP, 'state-')), 'overlay.json');
  if (file !== '') writeFileSync(path, file);
  const saved = openSaved(path, savedOverlaySchema, { what: 'overlay', log: silentLog });
  const asked = new SavedOverlay(saved, clock);
  const drop = { phase: 'live', sinceMs: clock.wallMs(), dropId } as const;
  const overlay = new Overlay(
    {
      picture: () => ({ widthPx: 1280, heightPx: 720 }),
      ...{ smallestPx: () => 360, planned: () => ({ ...PLANNED, hosts }) },
    },
    {
      ...{ show: () => undefined, onEvent: () => undefined },
      snapshot: () => ({ ...WELL, playerUrl: 'http://10.0.0.5:8080/', drop }),
      ...{ asked, clock, log: silentLog },
    },
  );
  const run = (args: Readonly<Record<string, unknown>> = {}) => {
    overlay.command(args, false);
    const { title, code } = overlay.state();
    return [title, code];
  };
  return {
    clock,
    run,
    start: async () => run(),
    saved: async () => {
      await asked.settled();
      return existsSync(path) ? readFileSync(path, 'utf8') : '';
    },
  };
}

test('what was asked for is there again after a restart in the same drop', async () => {
  const first = open('');
  await first.start();
  assert.is(await first.saved(), '', 'nothing was asked for');
  first.run({ code: 'page', for_s: 60 });
  first.run({ title: 'Late Set' });
  const again = open(await first.saved());
  assert.equal(await again.start(), ['Late Set', 'page']);
  await again.clock.advance(61_000);
  assert.equal(again.run(), ['Late Set', 'none'], 'its time is over');
  const later = open(await again.saved());
  assert.equal(await later.start(), ['Late Set', 'page'], 'its clock says that it is not over');
});

test('another drop, what was asked for since, and a file that is none change nothing', async () => {
  const first = open('');
  first.run({ title: 'Late Set' });
  const file = await first.saved();
  assert.equal(await open(file, { dropId: 'run-2' }).start(), ['', 'none']);
  const since = open(file);
  since.run({ title: 'Encore' });
  assert.equal(await since.start(), ['Encore', 'none']);
  assert.equal(await open('{').start(), ['', 'none']);
});

test('a link to a host that is not allowed any more is not shown', async () => {
  const first = open('');
  first.run({ code: SHOP, title: 'Late Set' });
  const file = await first.saved();
  assert.equal(await open(file).start(), ['Late Set', SHOP]);
  assert.equal(await open(file, { hosts: [] }).start(), ['Late Set', 'none']);
});

test('what a full disk does not take is written a minute later, and told once', async () => {
  const clock = new VirtualClock();
  const told: unknown[] = [];
  const log = { ...silentLog, warn: (_: string, fields?: object) => void told.push(fields) };
  // A file in the place of its folder keeps it from the disk.
  const folder = join(mkdtempSync(join(TEMP, 'state-')), 'state');
  writeFileSync(folder, '');
  const path = join(folder, 'overlay.json');
  const asked = new SavedOverlay(
    openSaved(path, savedOverlaySchema, { what: 'overlay', log }),
    clock,
  );
  const drop = { phase: 'live', sinceMs: clock.wallMs(), dropId: 'run-1' } as const;
  const writtenAfter = async (ms: number) => {
    await clock.advance(ms);
    for (let tick = 0; tick < 3; tick += 1) {
      asked.save(drop);
      await asked.settled();
    }
    return existsSync(path);
  };
  asked.note({ title: 'Late Set' }, undefined);
  assert.equal([await writtenAfter(0), await writtenAfter(60_000)], [false, false]);
  assert.is(told.length, 1);
  assert.match(JSON.stringify(told), /"reason":"(EEXIST|ENOTDIR)/);
  rmSync(folder);
  mkdirSync(folder);
  assert.equal([await writtenAfter(59_000), await writtenAfter(1_000)], [false, true]);
  assert.is(JSON.parse(readFileSync(path, 'utf8')).args.title, 'Late Set');
  const { ino } = statSync(path);
  await writtenAfter(60_000);
  assert.is(statSync(path).ino, ino, 'it is on the disk');
  assert.is(told.length, 1);
});

test.run();
