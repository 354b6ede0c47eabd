/** What back-fill and destinations carry counts in the data budgets of the links. */
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import * as v from 'valibot';
import { uplink as uplinkSchema } from '../../../daemon/config/uplink.ts';
import { openDataUse } from '../../../daemon/media/data-use-store.ts';
import { openUplinkMessages } from '../../../daemon/media/uplink-messages.ts';
import { wantedLinks } from '../../../daemon/media/uplink-settings.ts';
import { silentLog } from '../../../hal/os/log.ts';
import type { LinksMessage } from '../../../pipelines/uplink/messages.ts';
import { SrtObserver } from '../../../pipelines/uplink/srt-observer.ts';
import { VirtualClock } from '../../support/virtual-clock.ts';

const test = suite('data use beside the bond');

const NOVEMBER_MS = Date.parse('2026-11-29T20:00:00Z');
const DECEMBER_MS = Date.parse('2026-12-01T20:00:00Z');
const config = v.parse(uplinkSchema, {
  ...{ host: 'far', port: 1 },
  links: [
    { id: 'wwan0', device: 'wwan0', budget_mb_per_month: 10 },
    { id: 'eth0', device: 'eth0' },
  ],
});
const newFolder = () => mkdtempSync(join(tmpdir(), 'venuebox-use-'));

test('it is saved by month, beside what the bond has carried', async () => {
  const folder = newFolder();
  {
    await using store = openDataUse(folder, NOVEMBER_MS, silentLog);
    store.note([{ id: 'wwan0', usedBytes: 5, usedPeriod: '2026-11' }], NOVEMBER_MS);
    store.addBeside('backfill', 'wwan0', 1_000, NOVEMBER_MS);
    store.addBeside('backfill', 'wwan0', 500, NOVEMBER_MS);
    store.addBeside('destinations', 'wwan0', 70, NOVEMBER_MS);
  }
  await using store = openDataUse(folder, NOVEMBER_MS, silentLog);
  assert.equal(store.useAt(NOVEMBER_MS).backfillByLink, { wwan0: 1_500 });
  assert.equal(store.useAt(NOVEMBER_MS).destinationsByLink, { wwan0: 70 });
  assert.equal(store.useAt(NOVEMBER_MS).bytesByLink, { wwan0: 5 });
  assert.is(store.useAt(DECEMBER_MS).backfillByLink, undefined);
  assert.equal(store.useAt(NOVEMBER_MS).backfillByLink, { wwan0: 1_500 }, 'the clock was wrong');
});

test('a link’s budget is less by it, and never below nothing', () => {
  const budgets = (wwan0: number) =>
    wantedLinks(config, { backfillByLink: { wwan0 } }).map(({ budgetBytes }) => budgetBytes);
  assert.equal(budgets(4e6), [6e6, undefined]);
  assert.equal(budgets(40e6), [0, undefined]);
  const both = { backfillByLink: { wwan0: 1e6 }, destinationsByLink: { wwan0: 2e6, eth0: 5 } };
  assert.is(wantedLinks(config, both)[0]?.budgetBytes, 7e6);
});

test('a modem’s own count has what the crew and other programs carry: the budget is less by it', async () => {
  await using store = openDataUse(newFolder(), NOVEMBER_MS, silentLog);
  const left = () => wantedLinks(config, store.useAt(NOVEMBER_MS))[0]?.budgetBytes;
  const carried = (usedBytes: number) =>
    store.note([{ id: 'wwan0', usedBytes, usedPeriod: '2026-11' }], NOVEMBER_MS);
  carried(2e6);
  store.addBeside('backfill', 'wwan0', 1e6, NOVEMBER_MS);
  store.noteSim('wwan0', 2.5e6, '2026-11');
  assert.is(left(), 9e6, 'a modem that was counted later has less');
  store.noteSim('wwan0', 6e6, '2026-11');
  assert.is(left(), 6e6, 'of 6 MB the bond has carried 2');
  carried(3e6);
  assert.is(left(), 6e6, 'what the bond reports late is not given back');
  store.noteSim('wwan0', 99e6, '2026-12');
  assert.is(left(), 6e6, 'another month');
  assert.is(wantedLinks(config, store.useAt(DECEMBER_MS))[0]?.budgetBytes, 10e6);
});

test('a running bond is told in steps of a megabyte, with the use that it was given: its counts go on', async () => {
  const clock = new VirtualClock(NOVEMBER_MS);
  await using dataUse = openDataUse(newFolder(), NOVEMBER_MS, silentLog);
  const given = { period: '2026-11', bytesByLink: { wwan0: 7 } };
  const sent: LinksMessage[] = [];
  const onMessage = openUplinkMessages(config, {
    ...{ clock, log: silentLog, dataUse, given: () => given },
    child: () => ({ send: (message) => sent.push(message) }),
    onTarget: () => undefined,
    onFigures: () => undefined,
  });
  const report = () =>
    onMessage({
      ...{ type: 'figures', srt: new SrtObserver().figures(0) },
      ...{ targetBps: undefined, missing: [] },
    });
  dataUse.addBeside('backfill', 'wwan0', 600_000, NOVEMBER_MS);
  report();
  assert.is(sent.length, 0);
  dataUse.addBeside('destinations', 'wwan0', 600_000, NOVEMBER_MS);
  report();
  report();
  assert.is(sent.length, 1);
  assert.is(sent[0]?.links[0]?.budgetBytes, 10e6 - 1.2e6);
  assert.is(sent[0]?.used, given);
});

test.run();
