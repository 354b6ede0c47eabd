/** Prometheus metrics, and the Grafana dashboard that shows them. */
import { readFileSync } from 'node:fs';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { METRICS_CONTENT_TYPE, renderMetrics } from '../../../daemon/metrics/render.ts';
import { METRICS } from '../../../daemon/metrics/table.ts';
import { bareSnapshot, fullSnapshot } from '../mqtt/support/snapshot.ts';

const test = suite('metrics for Prometheus');

interface Panel {
  readonly id: number;
  readonly title: string;
  readonly type: string;
  readonly gridPos: {
    readonly x: number;
    readonly y: number;
    readonly w: number;
    readonly h: number;
  };
  readonly targets?: readonly { readonly expr: string; readonly legendFormat: string }[];
}

interface Dashboard {
  readonly panels: readonly Panel[];
  readonly annotations: { readonly list: readonly { readonly expr: string }[] };
  readonly templating: {
    readonly list: readonly { readonly name: string; readonly query: unknown }[];
  };
}

const dashboard = JSON.parse(readFileSync('scripts/grafana/venuebox.json', 'utf8')) as Dashboard;

const lines = (text: string) =>
  text.split('\n').filter((line) => line !== '' && !line.startsWith('#'));

test('a box with all values known fills every metric', async () => {
  const text = await renderMetrics(fullSnapshot());
  for (const { name, type } of METRICS) {
    assert.ok(text.includes(`# TYPE ${name} ${type}\n`), name);
    assert.ok(
      lines(text).some((line) => line.startsWith(`${name}{`) || line.startsWith(`${name} `)),
      name,
    );
  }
  assert.match(METRICS_CONTENT_TYPE, /^text\/plain; version=0\.0\.4/);
});

test('figures are in base units', async () => {
  const text = lines(await renderMetrics(fullSnapshot()));
  const value = (start: string) =>
    text
      .find((line) => line.startsWith(start))
      ?.split(' ')
      .at(-1);
  assert.is(value('venuebox_battery_charge_ratio'), '0.8725');
  assert.is(value('venuebox_battery_voltage_volts'), '8.123');
  assert.is(value('venuebox_srt_rtt_seconds'), '0.048');
  assert.is(Number(value('venuebox_uplink_bytes_per_second')), 3_912_345 / 8);
  assert.is(value('venuebox_viewer_latency_seconds{rendition="low",percentile="95"}'), '3.1');
  assert.is(value('venuebox_drop_phase{phase="live"}'), '1');
  assert.is(value('venuebox_drop_phase{phase="idle"}'), '0');
  assert.is(value('venuebox_mains_on'), '0');
});

test('an unknown value is left out, and never 0', async () => {
  const text = await renderMetrics(bareSnapshot());
  for (const name of [
    'battery_charge',
    'cpu_temperature',
    'viewers',
    'uplink',
    'mains_on',
    'printer',
  ])
    assert.not.match(text, `venuebox_${name}`);
  assert.match(text, 'venuebox_drop_phase{phase="idle"} 1');
});

test('names follow the rules: one prefix, a unit at the end, _total for counters only', () => {
  const names = METRICS.map(({ name }) => name);
  assert.is(new Set(names).size, names.length);
  for (const { name, type, help } of METRICS) {
    assert.match(name, /^venuebox_[a-z][a-z_]*[a-z]$/);
    assert.is(name.endsWith('_total'), type === 'counter', name);
    assert.not.match(name, /milli|_ms|_mv|_pct|bits/);
    assert.match(help, /^[A-Z1].*\.$/, name);
  }
});

test('text of devices cannot break the format', async () => {
  const camera = 'a "quoted" \\ name\nwith a line';
  const text = await renderMetrics(bareSnapshot({ camera }));
  assert.ok(text.includes('camera="a \\"quoted\\" \\\\ name\\nwith a line"'), text.slice(0, 300));
});

test('a counter that goes back is a restart, and labels do not remain after their values', async () => {
  const first = await renderMetrics(fullSnapshot());
  assert.is(await renderMetrics(fullSnapshot()), first);
  const after = await renderMetrics(fullSnapshot({ uplink: undefined }));
  assert.not.match(after, 'venuebox_link_');
});

test('every metric of the dashboard exists, with the labels it uses', () => {
  const known = new Map(METRICS.map((metric) => [metric.name, metric]));
  const seen = new Set<string>();
  const targets = dashboard.panels.flatMap(({ title, targets = [] }) =>
    targets.map((target) => ({ title, ...target })),
  );
  const others = dashboard.annotations.list.map(({ expr }) => ({
    title: expr,
    expr,
    legendFormat: '',
  }));
  for (const { title, expr, legendFormat } of [...targets, ...others]) {
    const names = expr.match(/venuebox_\w+/g) ?? [];
    assert.is(names.length, 1, `${title}: ${expr}`);
    const metric = known.get(names[0] ?? '');
    assert.ok(metric, `${title}: ${names[0]} does not exist`);
    seen.add(metric.name);
    const asked = [...legendFormat.matchAll(/\{\{(\w+)\}\}/g), ...expr.matchAll(/[{,] ?(\w+)=/g)];
    for (const [, label = ''] of asked)
      assert.ok(label === 'instance' || metric.labels?.includes(label), `${title}: ${label}`);
    const isRate = /\b(rate|increase)\(/.test(expr);
    assert.is(isRate, metric.type === 'counter', `${title}: ${expr}`);
  }
  assert.ok(seen.size >= 40, `only ${seen.size} metrics are shown`);
});

test('panels of the dashboard have unique ids and do not overlap', () => {
  const { panels } = dashboard;
  assert.is(new Set(panels.map(({ id }) => id)).size, panels.length);
  assert.is(new Set(panels.map(({ title }) => title)).size, panels.length);
  const cells = new Set<string>();
  for (const { title, gridPos } of panels) {
    assert.ok(gridPos.x + gridPos.w <= 24, title);
    for (let x = gridPos.x; x < gridPos.x + gridPos.w; x += 1) {
      for (let y = gridPos.y; y < gridPos.y + gridPos.h; y += 1) {
        assert.not(cells.has(`${x},${y}`), `${title} lies over another`);
        cells.add(`${x},${y}`);
      }
    }
  }
  assert.equal(
    dashboard.templating.list.map(({ name }) => name),
    ['datasource', 'instance'],
  );
});

test.run();
