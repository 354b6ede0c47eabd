/** The figures of the box: their names, units, help texts and values. */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { BOX, CHILD, STATUS, WARNINGS } from '../../../daemon/figures/box.ts';
import {
  BATTERY,
  CAMERA,
  CHANNEL,
  PRINTER,
  PRINTER_READY,
  STORAGE,
  VOLUME,
  VOLUME_RECORDING,
} from '../../../daemon/figures/devices.ts';
import { type Figure, ratioOf, readAll, type Unit } from '../../../daemon/figures/figure.ts';
import {
  EDGE,
  EDGE_CACHE,
  HLS,
  LATENCY,
  MEDIA,
  PART_LAG,
  STREAM,
  VIEWER_LATENCY,
  VIEWER_STARTUP,
} from '../../../daemon/figures/media.ts';
import { renderFigure } from '../../../daemon/figures/text.ts';
import { LINK, LINK_TOTALS, MODEM, RADIO, SRT, UPLINK } from '../../../daemon/figures/uplink.ts';
import { bareSnapshot, fullSnapshot } from '../mqtt/support/snapshot.ts';

const test = suite('figures');

const TABLES = {
  ...{ STATUS, BATTERY, CAMERA, CHANNEL, PRINTER, STORAGE, VOLUME },
  ...{ STREAM, HLS, LATENCY, EDGE, SRT, LINK, RADIO },
};
const LISTS: readonly (readonly Figure<never>[])[] = [
  ...[BOX, CHILD, WARNINGS, PRINTER_READY, VOLUME_RECORDING, MEDIA],
  ...[PART_LAG, [VIEWER_LATENCY], VIEWER_STARTUP, EDGE_CACHE, UPLINK, LINK_TOTALS, MODEM],
];
const FIELDS: readonly (readonly [string, Figure<never>])[] = Object.entries(TABLES).flatMap(
  ([name, table]) =>
    Object.entries(table).map(([field, figure]) => [`${name}.${field}`, figure] as const),
);
const ALL = [...FIELDS.map(([, figure]) => figure), ...LISTS.flat()];

test('each field ends in the unit of its figure', () => {
  // Without a unit in its name: percentiles stand below `latency_s`.
  const plain = ['LATENCY.p50', 'LATENCY.p95', 'CAMERA.fps'];
  for (const [name, { unit }] of FIELDS) {
    const isBare = unit === undefined || unit === 'boolean' || unit === 'state';
    assert.ok(isBare || plain.includes(name) || name.endsWith(`_${unit}`), `${name}: ${unit}`);
  }
});

test('each metric ends in its unit', () => {
  const ends: Partial<Record<string, RegExp>> = {
    s: /_seconds(_total)?$/,
    b: /_bytes(_total)?$/,
    bps: /_bytes_per_second$/,
    ratio: /_ratio$/,
    v: /_volts$/,
    a: /_amperes$/,
    w: /_watts$/,
    c: /_celsius$/,
  };
  for (const figure of ALL) {
    const { metric, unit } = figure;
    if (metric === undefined) continue;
    assert.match(metric, ends[unit ?? ''] ?? /./, `${metric}: ${unit}`);
  }
});

test('each help text is one sentence, and each entity has its own id', () => {
  for (const { help } of ALL) assert.match(help, /^[A-Z0-9`].*[^.]\.$/, help);
  const ids = ALL.flatMap(({ entity }) => entity?.id ?? []);
  assert.is(new Set(ids).size, ids.length);
});

test('an unknown value is null and never 0, and no value has more digits than are true', () => {
  const bare = readAll(BATTERY, bareSnapshot());
  assert.equal([...new Set(Object.values(bare))], [null]);
  const full = readAll(BATTERY, fullSnapshot());
  assert.equal(full, {
    soc_ratio: 0.873,
    voltage_v: 8.123,
    current_a: -1.234,
    power_w: -10.021,
    runtime_s: 12_345,
    mains: false,
    charging: false,
  });
  const odd = { rttMs: Number.NaN, lossPct: 104 } as never;
  assert.equal(
    [readAll(LINK, odd).rtt_s, readAll(LINK, odd).loss_ratio, readAll(LINK, undefined).state],
    [null, 1, null],
  );
  assert.equal([-1, 50, 101, undefined].map(ratioOf), [0, 0.5, 1, undefined]);
});

test('the text of a figure has its unit, and there is none while it is not known', () => {
  const text = (figure: Figure<undefined>) => renderFigure(figure, undefined);
  const amount = (unit: Unit, value: number | undefined, digits = 3) =>
    text({ help: '', unit, digits, read: () => value });
  assert.equal(
    [amount('s', 0.04), amount('s', 200), amount('s', 0), amount('bps', 2_345_678)],
    ['40 ms', '3 min 20 s', '0 s', '2.3 Mb/s'],
  );
  assert.equal(
    [amount('ratio', 0.9), amount('ratio', 0.333), amount('dbfs', -12), amount('b', 2e6)],
    ['90 %', '33.3 %', '-12.0 dBFS', '2.0 MB'],
  );
  assert.is(text({ help: '', unit: 'boolean', read: () => true }), 'on');
  assert.is(text({ help: '', unit: 'state', options: ['a'], read: () => 'a' }), 'a');
  for (const value of [undefined, Number.NaN, Number.POSITIVE_INFINITY]) {
    assert.is(amount('c', value), undefined);
  }
});

test.run();
