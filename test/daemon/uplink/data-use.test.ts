import { mkdtempSync, readdirSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { noteDataUse, parseDataUse } from '../../../daemon/uplink/data-use.ts';
import { openDataUse } from '../../../daemon/uplink/data-use-store.ts';
import { silentLog } from '../../../hal/os/log.ts';

const test = suite('data use of a SIM');

const NOVEMBER_MS = Date.parse('2026-11-30T23:59:58Z');

test('it goes on over restarts, and starts over with the month', async () => {
  const folder = join(mkdtempSync(join(tmpdir(), 'venuebox-use-')), 'state');
  {
    await using store = await openDataUse(folder, NOVEMBER_MS, silentLog);
    assert.is(store.note([{ id: 'wwan0', usedBytes: 1_000 }], NOVEMBER_MS), false);
    assert.is(store.note([{ id: 'wwan1', usedBytes: 7 }], NOVEMBER_MS), false);
  }
  await using store = await openDataUse(folder, NOVEMBER_MS + 500, silentLog);
  assert.equal(store.use.bytesByLink, { wwan0: 1_000, wwan1: 7 });
  assert.is(store.note([{ id: 'wwan0', usedBytes: 1_500 }], NOVEMBER_MS + 3_000), true);
  assert.equal(store.use, { month: '2026-12', bytesByLink: {} });
});

test('it is written now and then, and a failed disk stops nothing', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'venuebox-use-'));
  {
    await using store = await openDataUse(folder, NOVEMBER_MS, silentLog);
    for (let s = 0; s < 19; s += 1) {
      store.note([{ id: 'a', usedBytes: s }], NOVEMBER_MS - 60_000 + s);
    }
  }
  assert.ok(readdirSync(folder).includes('data-use.json'));
  const file = join(folder, 'file');
  writeFileSync(file, '');
  await using broken = await openDataUse(join(file, 'not-a-folder'), NOVEMBER_MS, silentLog);
  assert.is(broken.note([{ id: 'a', usedBytes: 1 }], NOVEMBER_MS), false);
});

test('what is damaged or of another month counts from nothing', () => {
  const fresh = { month: '2026-11', bytesByLink: {} };
  for (const text of ['', '{', '[]', '{"month":"2026-10","bytesByLink":{"a":5}}', 'null'])
    assert.equal(parseDataUse(text, NOVEMBER_MS), fresh, text);
  fc.assert(
    fc.property(fc.string(), (text) => {
      assert.is(parseDataUse(text, NOVEMBER_MS).month, '2026-11');
    }),
  );
  assert.equal(noteDataUse(fresh, [{ id: 'a', usedBytes: 1.6 }], NOVEMBER_MS).bytesByLink, {
    a: 2,
  });
});

test.run();
