/** The command `overlay`, what it draws, and how a code that cannot be read gets larger. */
import fc from 'fast-check';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { OverlayPicture } from '../../../daemon/media/media-path.ts';
import type { BoxEvent } from '../../../daemon/model/commands.ts';
import type { BoxSnapshot } from '../../../daemon/model/snapshot.ts';
import { resolveLink } from '../../../daemon/overlay/link.ts';
import { Overlay } from '../../../daemon/overlay/overlay.ts';
import type { PlannedOverlay } from '../../../daemon/overlay/planned.ts';
import { SavedOverlay } from '../../../daemon/overlay/saved-request.ts';
import { silentLog } from '../../../hal/os/log.ts';
import type { Scan } from '../../../pipelines/scan/messages.ts';
import { until } from '../../support/box.ts';
import { WELL } from '../../support/snapshot.ts';
import { VirtualClock } from '../../support/virtual-clock.ts';

const test = suite('overlay command');

const LONG_MS = 60_000;
const PAGE = 'http://10.0.0.5:8080/';
const SHOP = 'https://shop.example.org/poster';
const OPTIONS: PlannedOverlay = {
  drop: 'friday',
  content: {
    ...{ code: 'none', corner: 'bottom-right', sizePct: 22 },
    ...{ title: '', name: '', line: '' },
  },
  schedule: { fromS: 0, forS: 0, everyS: 0 },
  hosts: ['shop.example.org'],
};
const SIZES = { picture: () => ({ widthPx: 1280, heightPx: 720 }), smallestPx: () => 360 };

function open(change: Partial<PlannedOverlay> = {}, box: Partial<BoxSnapshot> = {}) {
  const clock = new VirtualClock();
  const shown: OverlayPicture[] = [];
  const events: BoxEvent[] = [];
  let scan: Scan | undefined;
  let planned: PlannedOverlay = { ...OPTIONS, ...change };
  let drop: BoxSnapshot['drop'] = { phase: 'live', sinceMs: clock.wallMs() };
  const done = async () => {};
  const unsaved = { value: undefined, readAgain: () => undefined, save: done, settled: done };
  const asked = new SavedOverlay(unsaved, clock);
  const overlay = new Overlay(
    { ...SIZES, planned: () => planned },
    {
      show: (picture) => void shown.push(picture),
      snapshot: () => ({ ...WELL, playerUrl: PAGE, ...box, drop, scan }),
      onEvent: (event) => void events.push(event),
      asked,
      clock,
      log: silentLog,
    },
  );
  const run = (args: Readonly<Record<string, unknown>> = {}) => overlay.command(args, false);
  /** What is drawn is drawn soon after. */
  const drawn = async (count: number) => {
    await until(() => shown.length >= count, LONG_MS);
    assert.is(shown.length, count);
    return shown.at(-1);
  };
  let count = 0;
  const read = (texts: Readonly<Record<string, string | undefined>>) => {
    count += 1;
    const readings = Object.entries(texts).map(([rendition, text]) =>
      text === undefined ? { rendition } : { rendition, text },
    );
    scan = { id: shown.at(-1)?.scan?.id ?? -1, count, readings };
    run();
    return overlay.state().shown;
  };
  const setPhase = (phase: BoxSnapshot['drop']['phase']) => {
    drop = { phase, sinceMs: clock.wallMs() };
  };
  const plan = (next: Partial<PlannedOverlay>) => {
    planned = { ...OPTIONS, ...next };
  };
  return { overlay, run, drawn, read, shown, events, clock, setPhase, plan };
}

test('a code is drawn when it is asked for and goes when it is not, and each change is an event', async () => {
  const { run, drawn, events, overlay } = open();
  assert.is(run({ code: 'page', corner: 'top-left' }).status, 'done');
  const first = await drawn(1);
  assert.is(first?.sprites.length, 1);
  assert.is(first?.sprites[0]?.leftPx, first?.sprites[0]?.topPx);
  assert.ok(first?.scan);
  assert.is(overlay.state().shown?.link, PAGE);
  assert.is(overlay.state().shown?.readability, 'unknown');
  run({ code: SHOP });
  await drawn(2);
  run({ code: SHOP });
  run({ title: 'Late Set', name: 'Ada', line: 'harp' });
  assert.is((await drawn(3))?.sprites.length, 3);
  run({ code: 'none', title: '', name: '', line: '' });
  const last = await drawn(4);
  assert.equal(last, { sprites: [], scan: undefined });
  assert.equal(
    events.map(({ type, data }) => [type, data['code'], data['title']]),
    [
      ['overlay.changed', PAGE, ''],
      ['overlay.changed', SHOP, ''],
      ['overlay.changed', SHOP, 'Late Set'],
      ['overlay.changed', null, ''],
    ],
  );
});

test('a code leads to hosts of the config only, by https, and says what to do otherwise', () => {
  const { run, shown } = open();
  const bad: readonly (readonly [Readonly<Record<string, unknown>>, RegExp])[] = [
    [{ code: 'https://evil.example/' }, /add that host to drop\.overlay\.hosts/],
    [{ code: 'http://shop.example.org/' }, /https/],
    [{ code: 'https://shop.example.org:8443/' }, /drop\.overlay\.hosts/],
    [{ code: 'https://u:p@shop.example.org/' }, /without user name/],
    [{ code: 'https://shop.example.org@evil.example/' }, /without user name/],
    [{ code: `${SHOP}/${'x'.repeat(200)}` }, /213 bytes/],
    [{ code: 'javascript:alert(1)' }, /https/],
    [{ corner: 'middle' }, /must be one of: top-left/],
    [{ size: 61 }, /from 10 to 60/],
    [{ sise: 20 }, /takes no sise/],
    [{ title: 'x'.repeat(81) }, /80 characters/],
  ];
  for (const [args, words] of bad) {
    const outcome = run(args);
    assert.is(outcome.status, 'rejected', JSON.stringify(args));
    assert.match(outcome.detail, words);
  }
  assert.is(shown.length, 0);
});

test('any arguments are done or rejected with words, and never throw', () => {
  const { overlay } = open();
  fc.assert(
    fc.property(
      fc.dictionary(
        fc.constantFrom('code', 'corner', 'size', 'for_s', 'title', 'name', 'line', 'x'),
        fc.anything(),
      ),
      (args) => overlay.command(args, true).detail.length > 0,
    ),
    { seed: 15 },
  );
});

test('a dry run changes nothing', () => {
  const { overlay } = open();
  assert.is(overlay.command({ code: 'page' }, true).status, 'done');
  assert.is(overlay.state().code, 'none');
});

test('a code that is read off all renditions is readable', async () => {
  const { run, drawn, read } = open();
  run({ code: 'page' });
  await drawn(1);
  assert.is(read({ high: PAGE, low: PAGE })?.readability, 'readable');
  assert.is(read({ high: PAGE, low: undefined })?.readability, 'doubtful');
  assert.equal(read({ high: PAGE, low: PAGE })?.readings, [
    { rendition: 'high', read: 3, of: 3 },
    { rendition: 'low', read: 2, of: 3 },
  ]);
});

test('a code that is missed twice in one rendition gets larger until it is read, or is unreadable', async () => {
  const { run, drawn, read, overlay } = open();
  run({ code: 'page', size: 20 });
  await drawn(1);
  const sizes = [overlay.state().shown?.sizePct ?? 0];
  for (let count = 2; overlay.state().shown?.readability !== 'unreadable'; count += 1) {
    read({ high: PAGE, low: undefined });
    const { sizePct = 0, readability } = read({ high: PAGE, low: 'another' }) ?? {};
    if (readability === 'unreadable') break;
    assert.is(readability, 'unknown');
    assert.ok(sizePct > (sizes.at(-1) ?? 0));
    sizes.push(sizePct);
    await drawn(count);
    assert.ok(count < 20);
  }
  assert.ok((sizes.at(-1) ?? 0) > 50);
  // Another code begins at the wanted size again.
  run({ code: SHOP });
  assert.ok((overlay.state().shown?.sizePct ?? 99) < 40);
});

test('what was read of a code of before says nothing of this one', async () => {
  const { run, drawn, read, overlay } = open();
  run({ code: 'page' });
  await drawn(1);
  assert.is(read({ low: PAGE })?.readability, 'readable');
  run({ code: SHOP });
  assert.is(overlay.state().shown?.readability, 'unknown');
});

test('a code that is asked for a time goes after it', async () => {
  const { run, drawn, clock, overlay } = open();
  run({ code: 'page', for_s: 60 });
  await drawn(1);
  await clock.advance(59_000);
  run();
  assert.ok(overlay.state().shown);
  await clock.advance(1_000);
  run();
  assert.is(overlay.state().shown, undefined);
  assert.is(overlay.state().code, 'none');
});

test('the config’s times count from when the drop is live, and a command ends them', async () => {
  const content = { ...OPTIONS.content, code: 'page' };
  const { run, clock, overlay, setPhase } = open({
    content,
    schedule: { fromS: 30, forS: 10, everyS: 60 },
  });
  setPhase('armed');
  run();
  assert.is(overlay.state().shown, undefined);
  setPhase('live');
  const seen: boolean[] = [];
  for (let s = 0; s < 110; s += 10) {
    run();
    seen.push(overlay.state().shown !== undefined);
    await clock.advance(10_000);
  }
  assert.equal(seen.map(Number), [0, 0, 0, 1, 0, 0, 0, 0, 0, 1, 0]);
  run({ code: SHOP });
  assert.is(overlay.state().shown?.link, SHOP);
});

test('another drop has its own overlay, and what was asked for is over', () => {
  const { run, overlay, plan } = open();
  run({ code: SHOP, title: 'Late Set' });
  plan({ content: { ...OPTIONS.content, code: 'page', name: 'Ada' } });
  run();
  assert.is(overlay.state().shown?.link, PAGE);
  assert.equal([overlay.state().title, overlay.state().name], ['', 'Ada']);
  run({ title: 'Encore' });
  // The same, of the next evening.
  plan({ drop: 'saturday', content: { ...OPTIONS.content, code: 'page', name: 'Ada' } });
  run();
  assert.is(overlay.state().title, '');
});

test('another host in the settings ends nothing that was asked for', () => {
  const { run, overlay, plan } = open();
  run({ code: SHOP, title: 'Late Set' });
  plan({ hosts: ['shop.example.org', 'band.example.org'] });
  run();
  assert.equal([overlay.state().title, overlay.state().shown?.link], ['Late Set', SHOP]);
  plan({ hosts: [] });
  run();
  assert.equal([overlay.state().title, overlay.state().shown], ['Late Set', undefined]);
});

test('a code without a time is shown from the checks to the end, and not while there is no picture', () => {
  const { run, overlay, setPhase } = open({ content: { ...OPTIONS.content, code: 'page' } });
  for (const [phase, isShown] of [
    ['idle', false],
    ['preflight', true],
    ['armed', true],
    ['live', true],
    ['ending', true],
    ['fault', false],
  ] as const) {
    setPhase(phase);
    run();
    assert.is(overlay.state().shown !== undefined, isShown, phase);
  }
});

test('where no item has a checkout the state says so', () => {
  const { run, overlay } = open();
  assert.match(run({ code: 'checkout' }).detail, 'no item that is on sale has a checkout page');
  assert.ok(overlay.state().missing);
});

test('it leads to no checkout while no order is taken', () => {
  const facts = { isCollector: false, isOpen: true, sold: 0, pending: 0 };
  const article = { ...facts, id: 'a', name: 'A', price: 1, currency: 'EUR', checkoutUrl: SHOP };
  const totals = { pending: 0, confirmed: 0, void: 0, refused: 0, refunds: 0 };
  const sales = { orders: 0, pieces: 0, amounts: [] };
  const shop = { drop: 'd', articles: [article], sales, totals };
  const resolved = (more: object) =>
    resolveLink('checkout', { playerUrl: PAGE, shop: { ...shop, ...more } }, []);
  assert.equal(resolved({}), { link: SHOP });
  const none = { missing: 'no orders are taken now' };
  assert.equal(resolved({ isOver: true }), none);
  assert.equal(resolved({ fault: { kind: 'full', reason: '' } }), none);
});

test.run();
