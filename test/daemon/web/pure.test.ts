/** Pure parts of the operator's server and page: files, changes, history, log tail, links, plots. */
import { gunzipSync } from 'node:zlib';
import fc from 'fast-check';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { VERBS } from '../../../daemon/model/commands.ts';
import { openAssets } from '../../../daemon/web/assets.ts';
import { changesSince, type Sent } from '../../../daemon/web/changes.ts';
import { History, runHistory, sampleOf } from '../../../daemon/web/history.ts';
import { LogTail, tailLog } from '../../../daemon/web/log-tail.ts';
import { checksOf } from '../../../daemon/web/page/sections/checks.ts';
import { barsOf } from '../../../daemon/web/page/sections/signal-bars.ts';
import { actionsOf, stageOf } from '../../../daemon/web/page/ui/actions.ts';
import { formatClock, formatPct, formatSpan } from '../../../daemon/web/page/ui/format.ts';
import {
  fromHello,
  type Model,
  withChange,
  withLogLines,
} from '../../../daemon/web/page/ui/model.ts';
import { drawPlot } from '../../../daemon/web/page/ui/plot.ts';
import type { View } from '../../../daemon/web/protocol.ts';
import { openLog, silentLog } from '../../../hal/os/log.ts';
import { LANGUAGES } from '../../../pipelines/player/text/language.ts';
import { EDGE, figures, WELL } from '../../support/snapshot.ts';
import { VirtualClock } from '../../support/virtual-clock.ts';
import { fakeSnapshot } from './support/fake-snapshot.ts';

const test = suite('operator page, pure parts');

test('changes hold the keys with a new value, and name the removed ones', () => {
  const first = changesSince({}, { a: 1, b: { c: [2] }, d: undefined });
  assert.equal(first.changed, { a: 1, b: { c: [2] } });
  const second = changesSince(first.sent, { a: 1, b: { c: [3] }, e: 5 });
  assert.equal(second.changed, { b: { c: [3] }, e: 5 });
  assert.equal(second.removed, []);
  assert.equal(changesSince(second.sent, { a: 1 }).removed, ['b', 'e']);
});

test('a page that applies every change has the state of the box', () => {
  const state = fc.dictionary(fc.constantFrom('a', 'b', 'c', 'd'), fc.jsonValue());
  fc.assert(
    fc.property(fc.array(state, { minLength: 1 }), (states) => {
      let sent: Sent = {};
      let model = modelOf({} as View);
      for (const now of states) {
        const { sent: next, changed, removed } = changesSince(sent, now);
        sent = next;
        // As it goes over the wire.
        const change = JSON.parse(JSON.stringify({ nowMs: 0, changed, removed }));
        model = withChange(model, change, 0);
        assert.equal(model.view as unknown, JSON.parse(JSON.stringify(now)));
      }
    }),
  );
});

function modelOf(view: View): Model {
  return fromHello(
    {
      nowMs: 0,
      streamNowMs: 0,
      view,
      history: [],
      log: [],
      viewers: { port: 1, previewPath: '', hasWhep: false },
    },
    0,
  );
}

test('the history covers ten minutes, a sample every two seconds', async () => {
  const clock = new VirtualClock();
  const history = new History();
  const ending = new AbortController();
  const seen: number[] = [];
  const running = runHistory(
    history,
    ({ atMs }) => seen.push(atMs),
    { snapshot: fakeSnapshot, clock },
    ending.signal,
  );
  await clock.advance(700_000);
  ending.abort();
  await running;
  assert.is(seen.length, 351);
  assert.is(history.samples().length, 300);
  const times = history.samples().map(({ atMs }) => atMs);
  assert.is((times.at(-1) ?? 0) - (times[0] ?? 0), 598_000);
});

test('a sample has the figures of the plots, and null for unknown ones', () => {
  const known = sampleOf(fakeSnapshot(), 5);
  assert.equal(known.links['wwan0'], { rttMs: 42, lossPct: 0.4 });
  assert.is(known.chargePct, 73.4);
  assert.is(known.latencyMs, 381, 'of the rendition that most watch');
  const dark = sampleOf(
    { ...fakeSnapshot(), media: undefined, uplink: undefined, battery: { phase: 'absent' } },
    5,
  );
  assert.equal(dark, {
    atMs: 5,
    chargePct: null,
    viewers: null,
    latencyMs: null,
    links: {},
  });
  const { viewers, latencyMs, links } = sampleOf({ ...fakeSnapshot(), children: {} }, 5);
  const ofTheGone = [viewers, latencyMs, links];
  assert.equal(ofTheGone, [null, null, {}], 'what a process that is gone reported last is none');
});

test('the log tail holds the newest 200 lines of its level, with their bound fields', () => {
  const tail = new LogTail();
  const log = tailLog(silentLog, tail, 'info', () => 7).with({ link: 'wwan0' });
  log.debug('traffic');
  for (let i = 0; i < 250; i += 1) log.warn('link silent', { i, why: 'no reply', more: undefined });
  const lines = tail.after(0);
  assert.is(lines.length, 200);
  assert.equal(lines.at(-1), {
    seq: 250,
    atMs: 7,
    level: 'warn',
    message: 'link silent',
    fields: 'link=wwan0 i=249 why="no reply"',
  });
  assert.equal(
    tail.after(248).map(({ seq }) => seq),
    [249, 250],
  );
});

test('a log with a tail writes the same lines as without', () => {
  const written: string[] = [];
  const log = openLog('info', 'journal', (line) => written.push(line));
  tailLog(log, new LogTail(), 'info', () => 0)
    .with({ a: 1 })
    .error('broken', { b: 2 });
  assert.equal(written, ['<3>{"level":50,"a":1,"b":2,"msg":"broken"}\n']);
});

test('the page adds only log lines that it does not have', () => {
  const line = (seq: number) =>
    ({ seq, atMs: 0, level: 'info', message: 'm', fields: '' }) as const;
  const model = withLogLines(withLogLines(modelOf({} as View), [line(1), line(2)]), [
    line(2),
    line(3),
  ]);
  assert.equal(
    model.log.map(({ seq }) => seq),
    [1, 2, 3],
  );
});

test('a plot is drawn from left to right over ten minutes, with a gap where values are unknown', () => {
  const at = (agoS: number, value: number | null) => ({ atMs: 1e6 - agoS * 1000, value });
  const points = [
    at(700, 1),
    at(600 - 2, 100),
    at(600 - 4, 50),
    at(300, null),
    at(2, 0),
    at(0, 100),
  ];
  const plot = drawPlot(points, 1e6, 100);
  assert.is(plot.line, 'M1.0 0.0L2.0 50.0M299.0 100.0L300.0 0.0');
  assert.is(plot.now, 100);
  assert.is(plot.max, 100);
  assert.equal(drawPlot([], 1e6), { line: '', area: '', now: null, max: null });
});

test('any points give a plot of finite numbers', () => {
  const point = fc.record({
    atMs: fc.integer({ min: 0, max: 2e6 }),
    value: fc.option(fc.double({ noNaN: true, noDefaultInfinity: true })),
  });
  fc.assert(
    fc.property(fc.array(point), (points) => {
      assert.not.match(drawPlot(points, 1e6).line, /NaN|Infinity/);
    }),
  );
});

test('there are no signal bars without registration, and unknown ones without a signal reading', () => {
  const modem = { id: 'm', model: '', technology: 'lte', sim: 'ready', addresses: [] } as const;
  const bars = (registration: 'searching' | 'connected', rsrpDbm?: number) =>
    barsOf({ ...modem, registration, ...(rsrpDbm === undefined ? {} : { rsrpDbm }) });
  assert.is(bars('searching', -80), 0);
  assert.is(bars('connected'), undefined);
  assert.equal(
    [-80, -95, -105, -115, -125].map((dbm) => bars('connected', dbm)),
    [4, 3, 2, 1, 0],
  );
});

test('commands that start or end a drop must be held, and only a live drop can be marked', () => {
  for (const phase of ['idle', 'preflight', 'armed', 'live', 'ending', 'fault'] as const) {
    const actions = actionsOf(phase);
    for (const { verb, gesture } of actions) {
      assert.ok(VERBS.includes(verb));
      assert.is(gesture === 'hold', verb === 'go-live' || verb === 'end', `${phase}: ${verb}`);
    }
    assert.is(
      actions.some(({ verb }) => verb === 'mark'),
      phase === 'live',
    );
  }
});

test('an edge shows the phase of its upstream, any other box that of its drop', () => {
  assert.equal(stageOf(WELL), { name: 'On air', phase: 'live' });
  const edge = (phase: 'live' | 'away') => {
    const upstream = { url: 'http://10.0.0.5:8080', phase };
    const drop = { phase: 'idle', sinceMs: 0 } as const;
    return stageOf({ drop, media: figures({ edge: { ...EDGE, upstream } }) });
  };
  assert.equal(edge('live'), { name: 'Edge: on air', phase: 'live' });
  assert.equal(edge('away'), { name: 'Edge: cut off', phase: 'fault' });
});

test('checks are found in any result, failed ones first, and other values are ignored', () => {
  const check = (verdict: string) => ({ name: verdict, verdict, evidence: '', advice: '' });
  const checks = ['pass', 'fail', 'warn', 'toString'].map(check);
  assert.equal(
    checksOf({ checks: [...checks, null, 5, {}] }).map(({ name }) => name),
    ['fail', 'warn', 'pass'],
  );
  fc.assert(fc.property(fc.anything(), (result) => assert.ok(Array.isArray(checksOf(result)))));
});

test('times and percentages are short and readable', () => {
  assert.equal([8, 70, 8640, 401_000].map(formatSpan), ['8 s', '1 min', '2 h 24', '4 d']);
  assert.equal([5_000, 3_845_000].map(formatClock), ['0:05', '1:04:05']);
  assert.equal([0, 0.4, 9.94, 38.2, 100].map(formatPct), [
    '0 %',
    '0.4 %',
    '9.9 %',
    '38 %',
    '100 %',
  ]);
});

test('each file of the page is the same in gzip, in every language', () => {
  const assets = openAssets();
  for (const path of ['/', '/operator.css', '/operator.js', '/favicon.svg']) {
    for (const language of LANGUAGES) {
      const plain = assets(path, language, false);
      const gzipped = assets(path, language, true);
      const where = `${path} ${language}`;
      assert.equal(gunzipSync(gzipped?.body ?? ''), Buffer.from(plain?.body ?? ''), where);
      assert.ok(Buffer.from(plain?.body ?? '').length > 0, where);
      assert.is(gzipped?.headers?.['Content-Encoding'], 'gzip');
      assert.is(plain?.headers?.['Content-Encoding'], undefined);
    }
  }
});

test.run();
