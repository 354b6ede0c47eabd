/** What `venuebox status` and `cmd` print. */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { renderOutcome, renderStatus } from '../../../../daemon/cli/control/render.ts';
import { renderDuration } from '../../../../daemon/model/rounding.ts';
import { EDGE, figures, WELL } from '../../../support/snapshot.ts';

const test = suite('status in words');

test('the state in words holds what a crew asks, with warnings and advice', () => {
  const warning = {
    key: 'links-down',
    severity: 'critical',
    sinceMs: 0,
    text: 'no link carries anything',
    advice: 'Check modems.',
  } as const;
  const text = renderStatus({ ...WELL, warnings: [warning] }, WELL.drop.sinceMs + 3_725_000);
  for (const words of [
    'LIVE for 1 h 02 min, drop 2026-11-22T20-00-00Z',
    'test picture, frames flow',
    'peak -12.0 dBFS / -12.5 dBFS',
    'connected, 2.3 Mb/s of 2.4 Mb/s, RTT 40 ms',
    'wwan0',
    'usb: recording, room for 5 h 33 min',
    'normal, mains on, 90 %',
    '! critical links-down',
    'Check modems.',
  ]) {
    assert.match(text, words);
  }
});

test('status of an edge reports its upstream in place of a camera', () => {
  const text = renderStatus({ ...WELL, media: figures({ edge: EDGE }) }, WELL.drop.sinceMs);
  assert.match(text, 'venuebox 0.0.0: EDGE');
  assert.match(text, 'http://10.0.0.5:8080, live');
  assert.match(text, '1000 requests, 98 % without the upstream, 3 stale, 2.0 MB held');
  assert.match(text, '20 upstream, 1 failed');
  assert.not.match(text, 'test picture');
});

test('clients of pushed streams are named with how they keep up, where there are any', () => {
  const push = {
    part: { clients: 3, skippedTotal: 2, slowTotal: 1 },
    frame: { clients: 0, skippedTotal: 0, slowTotal: 0 },
  };
  const text = renderStatus({ ...WELL, media: figures({ push }) }, WELL.drop.sinceMs);
  assert.match(text, '3 by pushed parts (2 skips, 1 too slow)');
  assert.not.match(text, 'pushed frames');
});

test('no device name steers a terminal', () => {
  const text = renderStatus({ ...WELL, camera: 'cam\x1b[2J\x07\x9b', name: 'a\nb' }, 0);
  // biome-ignore lint/suspicious/noControlCharactersInRegex: these must not be there
  assert.not.match(text, /[\x1b\x07\x9b]/);
  assert.match(text, /^a b /);
  assert.not.match(renderOutcome({ status: 'failed', code: 'X', detail: 'a\x1b]0;b' }), '\x1b');
});

test('of a result people get the clip and what did not pass, and the JSON has the rest', () => {
  const check = (name: string, verdict: string, advice = '') => {
    return { name, verdict, evidence: 'seen', advice };
  };
  const checks = [check('camera', 'pass'), check('clock', 'warn', 'Plug it in.')];
  const done = (result?: unknown) => renderOutcome({ status: 'done', detail: 'so', result });
  assert.is(done({ checks }), 'done: so\n  warn  clock: seen\n        Plug it in.\n');
  assert.is(
    done({ atMs: 1, clip: { id: 'x', url: 'http://box/clip/x', durationS: 9 } }),
    'done: so\n  clip  http://box/clip/x\n',
  );
  for (const other of [undefined, 7, { checks: 'none' }, { clip: { url: 'a\x1b[2J' } }])
    assert.match(done(other), /^done: so\n(?: {2}clip {2}a \[2J\n)?$/);
});

test('durations read well', () => {
  const seconds = [-5, 0, 7, 200, 3_725, 360_000];
  assert.equal(seconds.map(renderDuration), [
    '0 s',
    '0 s',
    '7 s',
    '3 min 20 s',
    '1 h 02 min',
    '100 h 00 min',
  ]);
});

test.run();
