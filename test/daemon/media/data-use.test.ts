/** Tests of monthly data use per link. */
import { mkdtempSync, readdirSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { dataUseSchema, noteDataUse, resumeDataUse } from '../../../daemon/media/data-use.ts';
import { openDataUse } from '../../../daemon/media/data-use-store.ts';
import { parseAs } from '../../../hal/os/files/json.ts';
import { silentLog } from '../../../hal/os/log.ts';

const test = suite('data use of a SIM');

const NOVEMBER_MS = Date.parse('2026-11-30T23:59:58Z');
const DECEMBER_MS = NOVEMBER_MS + 3_000;

const resumed = (text: string, wallMs: number) =>
  resumeDataUse(parseAs(dataUseSchema, text), wallMs);

/** A link's count in November. */
const counted = (id: string, usedBytes: number) => ({ id, usedBytes, usedPeriod: '2026-11' });

test('it goes on over restarts, and starts over with the month', async () => {
  const folder = join(mkdtempSync(join(tmpdir(), 'venuebox-use-')), 'state');
  {
    await using store = openDataUse(folder, NOVEMBER_MS, silentLog);
    assert.is(store.note([counted('wwan0', 1_000)], NOVEMBER_MS), false);
    assert.is(store.note([counted('wwan1', 7)], NOVEMBER_MS), false);
  }
  await using store = openDataUse(folder, NOVEMBER_MS + 500, silentLog);
  assert.equal(store.useAt(NOVEMBER_MS + 500).bytesByLink, { wwan0: 1_000, wwan1: 7 });
  assert.is(store.note([counted('wwan0', 1_500)], DECEMBER_MS), true);
  assert.equal(store.useAt(DECEMBER_MS).bytesByLink, {});
});

test('a month that begins while nothing is sent starts from nothing', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'venuebox-use-'));
  await using store = openDataUse(folder, NOVEMBER_MS, silentLog);
  store.note([counted('wwan0', 1_000)], NOVEMBER_MS);
  assert.is(store.useAt(DECEMBER_MS).month, '2026-12');
  assert.equal(store.useAt(DECEMBER_MS).bytesByLink, {});
});

test('a link that counts on from the old month adds nothing to the new one', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'venuebox-use-'));
  {
    await using store = openDataUse(folder, NOVEMBER_MS, silentLog);
    assert.is(store.note([counted('wwan0', 1_000)], DECEMBER_MS), true);
    assert.is(store.note([counted('wwan0', 1_200)], DECEMBER_MS + 1_000), false);
  }
  await using store = openDataUse(folder, DECEMBER_MS + 2_000, silentLog);
  assert.equal(store.useAt(DECEMBER_MS + 2_000).bytesByLink, {});
});

test('a clock that is wrong at the start and set right later loses no month', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'venuebox-use-'));
  {
    await using store = openDataUse(folder, NOVEMBER_MS, silentLog);
    store.note([counted('wwan0', 1_000)], NOVEMBER_MS);
  }
  const wrongMs = Date.parse('2026-04-02T00:00:00Z');
  {
    await using store = openDataUse(folder, wrongMs, silentLog);
    store.note([{ id: 'wwan0', usedBytes: 5, usedPeriod: '2026-04' }], wrongMs);
  }
  await using store = openDataUse(folder, wrongMs + 1_000, silentLog);
  assert.equal(store.useAt(wrongMs + 1_000).bytesByLink, { wwan0: 5 });
  assert.is(store.note([], NOVEMBER_MS), true);
  assert.equal(store.useAt(NOVEMBER_MS).bytesByLink, { wwan0: 1_000 });
});

test('no more than three months are kept', () => {
  const months = ['2026-01', '2026-02', '2026-03', '2026-04', '2026-05'];
  let use = resumed('', NOVEMBER_MS);
  for (const month of months) use = resumed(JSON.stringify(use), Date.parse(`${month}-01`));
  assert.equal(
    [...use.former, use].map(({ month }) => month),
    ['2026-03', '2026-04', '2026-05'],
  );
});

test('it is written now and then, and a failed disk stops nothing', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'venuebox-use-'));
  {
    await using store = openDataUse(folder, NOVEMBER_MS, silentLog);
    for (let s = 0; s < 19; s += 1) {
      store.note([counted('a', s)], NOVEMBER_MS - 60_000 + s);
    }
  }
  assert.ok(readdirSync(folder).includes('data-use.json'));
  const file = join(folder, 'file');
  writeFileSync(file, '');
  await using broken = openDataUse(join(file, 'not-a-folder'), NOVEMBER_MS, silentLog);
  assert.is(broken.note([counted('a', 1)], NOVEMBER_MS), false);
});

test('what is damaged or of another month counts from nothing', () => {
  const fresh = { month: '2026-11', bytesByLink: {}, former: [] };
  for (const text of ['', '{', '[]', '{"month":"2026-11","bytesByLink":{"a":-5}}', 'null'])
    assert.equal(resumed(text, NOVEMBER_MS), fresh, text);
  const october = resumed('{"month":"2026-10","bytesByLink":{"a":5}}', NOVEMBER_MS);
  assert.equal([october.month, october.bytesByLink], ['2026-11', {}]);
  fc.assert(
    fc.property(fc.string(), (text) => {
      assert.is(resumed(text, NOVEMBER_MS).month, '2026-11');
    }),
  );
  assert.equal(noteDataUse(fresh, [counted('a', 1.6)], NOVEMBER_MS).bytesByLink, {
    a: 2,
  });
});

test.run();
