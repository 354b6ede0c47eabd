/** What was asked for on air, over a restart of the box. */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { AskedOverlay } from '../../../daemon/overlay/asked.ts';
import { Overlay, type PlannedOverlay } from '../../../daemon/overlay/overlay.ts';
import { silentLog } from '../../../hal/os/log.ts';
import { WELL } from '../../support/snapshot.ts';
import { VirtualClock } from '../../support/virtual-clock.ts';

const test = suite('overlay over a restart');

const SHOP = 'https://shop.example.org/poster';
const PLANNED: PlannedOverlay = {
  wishes: {
    ...{ code: 'none', corner: 'bottom-right', sizePct: 22 },
    ...{ title: '', name: '', line: '' },
  },
  schedule: { fromS: 0, forS: 0, everyS: 0 },
  hosts: ['shop.example.org'],
};

/** A box in that drop, with what its file holds at the start. */
function open(file: string, { dropId = 'run-1', hosts = PLANNED.hosts } = {}) {
  const clock = new VirtualClock();
  let kept = file;
  const write = async (text: string) => {
    kept = text;
  };
  const asked = new AskedOverlay({ read: async () => kept, write }, { clock, log: silentLog });
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
    start: async () => {
      await asked.open();
      return run();
    },
    saved: async () => {
      await asked.settled();
      return kept;
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
  first.run({ code: SHOP });
  const file = await first.saved();
  assert.equal(await open(file).start(), ['', SHOP]);
  assert.equal(await open(file, { hosts: [] }).start(), ['', 'none']);
});

test('what a full disk does not take is written a minute later, and told once', async () => {
  const clock = new VirtualClock();
  const [tries, told]: [string[], unknown[]] = [[], []];
  let fault: string | undefined = 'ENOSPC';
  const write = async (text: string) => {
    tries.push(text);
    if (fault !== undefined) throw new Error(fault);
  };
  const log = { ...silentLog, warn: (_: string, fields?: object) => void told.push(fields) };
  const asked = new AskedOverlay({ read: async () => '', write }, { clock, log });
  const drop = { phase: 'live', sinceMs: clock.wallMs(), dropId: 'run-1' } as const;
  const savesAfter = async (ms: number) => {
    await clock.advance(ms);
    for (let tick = 0; tick < 3; tick += 1) {
      asked.save(drop);
      await asked.settled();
    }
    return tries.length;
  };
  asked.note({ title: 'Late Set' }, undefined);
  assert.equal([await savesAfter(0), await savesAfter(59_000)], [1, 1]);
  assert.is(await savesAfter(1_000), 2);
  assert.equal(told, [{ reason: 'ENOSPC' }]);
  fault = undefined;
  assert.is(await savesAfter(60_000), 3);
  assert.is(tries[2], tries[0]);
  assert.is(await savesAfter(60_000), 3, 'it is on the disk');
});

test.run();
