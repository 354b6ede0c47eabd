/** Tests of monthly data use per SIM. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import {
  noteSimData,
  resumeSimData,
  type SimData,
  simDataSchema,
} from '../../../daemon/modems/sim-data.ts';
import { openSimData } from '../../../daemon/modems/sim-data-store.ts';
import { linksBody } from '../../../daemon/mqtt/payloads/links-payload.ts';
import type { ModemState } from '../../../hal/modem/port.ts';
import { openBootClock } from '../../../hal/os/clock.ts';
import { parseAs } from '../../../hal/os/files/json.ts';
import { silentLog } from '../../../hal/os/log.ts';
import { link, WELL } from '../../support/snapshot.ts';
import { VirtualClock } from '../../support/virtual-clock.ts';
import { live, maintain } from './support/maintained-modems.ts';

const test = suite('data of a SIM');
const NOVEMBER = Date.UTC(2026, 10, 30, 23, 59);
const DECEMBER = Date.UTC(2026, 11, 1);
const EMPTY: SimData = { month: '2026-11', bootId: 'a', modems: {} };

const modem = (rx: number, tx: number, id = '861'): ModemState => ({
  id,
  model: 'EM7455',
  registration: 'connected',
  technology: 'lte',
  sim: 'ready',
  addresses: [],
  rxBytesTotal: rx,
  txBytesTotal: tx,
});

const bytesOf = (data: SimData, id = '861') => data.modems[id]?.bytes;

test('both directions are counted, across an interface that returns', () => {
  let data = noteSimData(EMPTY, [modem(100, 50)], NOVEMBER);
  data = noteSimData(data, [modem(300, 60)], NOVEMBER);
  assert.is(bytesOf(data), 360);
  data = noteSimData(data, [], NOVEMBER);
  data = noteSimData(data, [modem(10, 5)], NOVEMBER);
  assert.is(bytesOf(data), 375);
});

test('two SIMs have a count each', () => {
  const data = noteSimData(EMPTY, [modem(1, 0), modem(0, 7, '862')], NOVEMBER);
  assert.equal([bytesOf(data), bytesOf(data, '862')], [1, 7]);
});

test('a month begins with what comes after it, and a clock that falls back begins none', () => {
  let data = noteSimData(EMPTY, [modem(500, 0)], NOVEMBER);
  data = noteSimData(data, [modem(520, 0)], DECEMBER);
  assert.equal([data.month, bytesOf(data)], ['2026-12', 20]);
  data = noteSimData(data, [modem(530, 0)], NOVEMBER);
  assert.equal([data.month, bytesOf(data)], ['2026-12', 30]);
});

test('a restart counts nothing twice; a boot restarts the counters', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'venuebox-data-'));
  const clock = new VirtualClock();
  const run = async (bootId: string, rx: number) => {
    const boot = { ...openBootClock(), bootId };
    await using data = openSimData(folder, { clock, log: silentLog }, boot);
    await data.note([modem(rx, 0)]);
    return data.usedOf(modem(0, 0));
  };
  assert.is(await run('first', 1000), 1000);
  assert.is(await run('first', 1200), 1200);
  assert.is(await run('second', 5000), 6200);
  await rm(folder, { recursive: true });
});

test("links are reported with their modem's radio and its SIM's count, the greater of both", () => {
  const { uplink } = WELL;
  assert.ok(uplink?.bond);
  const box = {
    ...WELL,
    uplink: { ...uplink, bond: { ...uplink.bond, links: [{ ...link('5g'), usedBytes: 10 }] } },
    modems: { phase: 'known' as const, modems: [modem(1, 1)] },
    modemMaintenance: [{ id: '861', model: 'x', link: '5g', usedBytes: 30, budgetBytes: 100 }],
  };
  const [reported, ...others] = linksBody(box).links;
  assert.is(others.length, 0);
  assert.equal(
    [reported?.id, reported?.tech, reported?.data_used_b, reported?.data_cap_b],
    ['5g', 'lte', 30, 100],
  );
  const own = linksBody({ ...box, modemMaintenance: [] }).links[0];
  assert.equal([own?.data_used_b, own?.data_cap_b], [10, null]);
});

test('a link’s budget is given what its modem has counted for all programs', async () => {
  await using box = await maintain(
    live('active', 'active', { rxBytesTotal: 700, txBytesTotal: 20 }),
  );
  const [link, bytes, month] = box.sims.at(-1) ?? [];
  assert.equal([link, bytes], ['5g', 720]);
  assert.match(month ?? '', /^\d{4}-\d\d$/);
});

test('any saved text is a count, and it never shrinks', () => {
  fc.assert(
    fc.property(
      fc.oneof(fc.string(), fc.json()),
      fc.array(fc.nat(), { maxLength: 20 }),
      (text, counters) => {
        let data = resumeSimData(parseAs(simDataSchema, text), 'a', NOVEMBER);
        let before = 0;
        for (const counter of counters) {
          data = noteSimData(data, [modem(counter, 0)], NOVEMBER);
          assert.ok((bytesOf(data) ?? 0) >= before);
          before = bytesOf(data) ?? 0;
        }
      },
    ),
  );
});

test.run();
