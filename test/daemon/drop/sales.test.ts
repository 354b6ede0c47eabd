/** Sales in the report of a drop. */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import {
  type CountsInput,
  type DropCounts,
  noteEnd,
  soldBefore,
  startCounts,
  stepCounts,
  withLateSales,
} from '../../../daemon/drop/counts.ts';
import { reportOf } from '../../../daemon/drop/report.ts';
import type { DropReport } from '../../../daemon/model/drop-report.ts';
import type { ShopState } from '../../../daemon/model/orders.ts';

const test = suite('sales of a drop');

const SALES = { orders: 2, pieces: 3, amounts: [{ currency: 'EUR', amount_minor: 7_500 }] };
const SHOP: ShopState = {
  ...{ drop: 'friday', articles: [{ id: 'print' }] as never, sales: SALES },
  totals: { pending: 0, confirmed: 9, void: 0, refused: 0, refunds: 0 },
};

const salesOf = (...shops: readonly (ShopState | undefined)[]) => {
  const looks = shops.map((shop): CountsInput => ({ media: undefined, uplink: undefined, shop }));
  const all = looks.reduce((sum, look) => stepCounts(sum, look, 1_000), startCounts('d', 0));
  return reportOf(all).sales;
};

test('they are those of the catalogue at the end, and stay when the shop is gone', () => {
  assert.equal(salesOf({ ...SHOP, sales: { ...SALES, orders: 1 } }, SHOP, undefined), SALES);
});

test('they are null where nothing is sold', () => {
  assert.is(salesOf(undefined, { ...SHOP, articles: [] }), null);
});

test('an order of the last moment counts, after the last look at the box', () => {
  const look: CountsInput = { media: undefined, uplink: undefined, shop: SHOP };
  const seen = stepCounts(startCounts('d', 0), look, 1_000);
  const last = noteEnd(seen, { ...look, shop: { ...SHOP, sales: { ...SALES, orders: 3 } } });
  assert.is(reportOf(last).sales?.orders, 3);
  assert.equal(reportOf(noteEnd(last, { ...look, shop: undefined })), reportOf(last));
});

test('what is paid after the end counts while the shop is still that of the drop', () => {
  const shown = { id: 'friday', title: 'Friday', startsAt: '', endsAt: '' };
  const plannedDrops = { shown, list: [], faults: [], file: '' };
  const look: CountsInput = { media: undefined, uplink: undefined, shop: SHOP, plannedDrops };
  const report = reportOf(stepCounts(startCounts('d', 0), look, 1_000));
  const later = { ...SHOP, isOver: true, sales: { ...SALES, orders: 3 } };
  const endedMs = Date.parse(report.ended);
  const lateMs = endedMs + 15 * 60_000;
  assert.is(withLateSales(report, { shop: later }, lateMs).sales?.orders, 3);
  const ofConfig = { shop: { ...later, isOver: false } };
  assert.is(withLateSales(report, ofConfig, lateMs - 1).sales?.orders, 3, 'it is sold on');
  for (const shop of [
    undefined,
    { ...later, isOver: false },
    { ...later, drop: 'sunday' },
    { ...later, sales: SALES },
    { ...later, fault: { kind: 'damaged', reason: 'x' } as const },
  ]) {
    assert.is(withLateSales(report, { shop }, lateMs), report);
  }
});

test('another run of a drop reports what was sold since the one before', () => {
  const shown = { id: 'friday', title: 'Friday', startsAt: '', endsAt: '' };
  const plannedDrops = { shown, list: [], faults: [], file: '' };
  const soldUntil = (orders: number): CountsInput => {
    const amounts = [{ currency: 'EUR', amount_minor: orders * 100 }];
    const sales = { orders, pieces: orders, amounts };
    return { media: undefined, uplink: undefined, plannedDrops, shop: { ...SHOP, sales } };
  };
  let last: DropCounts | undefined;
  let reports: readonly DropReport[] = [];
  const runOf = (drop: string, begin: number, end: number) => {
    const salesBefore = soldBefore(soldUntil(begin), reports, last);
    last = stepCounts({ ...startCounts(drop, 0), salesBefore }, soldUntil(end), 1_000);
    // Of two runs, the list has the newest only.
    reports = [reportOf(last)];
    return reports[0]?.sales;
  };
  const sold = (count: number) => ({
    ...{ orders: count, pieces: count },
    amounts: count === 0 ? [] : [{ currency: 'EUR', amount_minor: count * 100 }],
  });
  assert.equal(runOf('a', 1, 3), sold(3), 'the first has those of before it');
  assert.equal(runOf('b', 3, 3), sold(0));
  assert.equal(runOf('c', 4, 5), sold(2));
  const [report] = reports as [DropReport];
  const late = withLateSales(report, soldUntil(6), Date.parse(report.ended), last?.salesBefore);
  assert.equal(late.sales, sold(3));
  assert.equal(soldBefore(soldUntil(6), [report, report], undefined), sold(4), 'without counts');
  assert.equal(soldBefore(soldUntil(1), reports, last), sold(1), 'money went back');
  assert.is(soldBefore(soldUntil(6), [{ ...report, planned: 'sunday' }], last), undefined);
});

test.run();
