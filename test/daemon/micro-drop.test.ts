/**
 * A whole micro-drop on one real box with simulated devices, as its crew goes through it, by
 * buttons, page and MQTT alone: survey, schedule, arm, checklist, rehearsal, live, mark, orders,
 * a link that dies, paper that is out, end, report.
 */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { BoxSnapshot } from '../../daemon/model/snapshot.ts';
import { startBox, until } from '../support/box.ts';
import { freePort } from '../support/free-port.ts';
import { signIn } from '../support/operator.ts';
import { type Crew, openCrew, sendPaidOrder } from './support/crew.ts';

const test = suite('a whole micro-drop');

const PATIENCE_MS = 180_000;
const KEY = Buffer.alloc(24, 7);
const POSTER = { id: 'poster', name: 'Poster', price: 2500, currency: 'EUR', edition: 3 };
const PAID = { item: 'poster', amount: 2500, currency: 'EUR' };

async function startVenue() {
  const folder = mkdtempSync(join(tmpdir(), 'venuebox-drop-'));
  writeFileSync(join(folder, 'secret'), `whsec_${KEY.toString('base64')}\n`, { mode: 0o600 });
  const port = await freePort();
  const box = await startBox(
    [
      `mqtt.broker_port=${port}`,
      `recording.targets=[{id: card, folder: ${folder}/recordings, reserve_mb: 1, reserve_pct: 0}]`,
      `clips.folder=${folder}/clips`,
      `orders.webhook.secret_file=${folder}/secret`,
    ],
    ['demo', '--idle'],
    [],
    undefined,
    undefined,
    true,
  );
  const crew = await openCrew(box, 'venuebox', port);
  const wait = (isSo: (state: BoxSnapshot) => boolean) =>
    until(async () => isSo(await crew.state()), PATIENCE_MS, box.output);
  const end = async () => {
    await crew[Symbol.asyncDispose]();
    await box[Symbol.asyncDispose]();
    rmSync(folder, { recursive: true, force: true });
  };
  return { box, crew, wait, [Symbol.asyncDispose]: end };
}

type Venue = Awaited<ReturnType<typeof startVenue>>;

const events = ({ broker }: Crew, type: string) =>
  broker.json('/event').filter((one) => one['type'] === type);

/** The day before, and an hour before. */
async function prepare({ box, crew, wait }: Venue): Promise<void> {
  assert.is((await crew.byMqtt('survey', { minutes: 30 }))['status'], 'done');
  await wait(({ readiness, media }) => readiness?.running?.what === 'survey' && !!media?.isFlowing);
  await wait(({ levels }) => levels !== undefined);
  await crew.onPage('survey', { stop: true });
  await wait(({ readiness }) => readiness?.survey !== undefined && !readiness.running);
  await until(() => crew.broker.json('/survey').length > 0, PATIENCE_MS, box.output);

  const times = [3_600_000, 7_200_000].map((ms) => new Date(Date.now() + ms).toISOString());
  const drop = { id: 'friday', title: 'Friday Duo', starts_at: times[0], ends_at: times[1] };
  const planned = await crew.onPage('drops', { do: 'set', ...drop, catalogue: [POSTER] });
  assert.is(planned.status, 'done', planned.detail);
  await until(async () => (await dropOf(box.url))['title'] === 'Friday Duo', PATIENCE_MS);

  await crew.tap('drop');
  await wait(({ drop: { phase } }) => phase === 'armed');
  const checked = await crew.byMqtt('preflight', { drill: false });
  assert.is(checked['status'], 'done', JSON.stringify(checked));
  await until(() => crew.broker.json('/checklist').length > 0, PATIENCE_MS, box.output);
  const [checklist] = crew.broker.json('/checklist').slice(-1);
  const lines = checklist?.['lines'] as { name: string; verdict: string }[];
  const verdictOf = (name: string) => lines.find((line) => line.name === name)?.verdict;
  assert.is(verdictOf('catalogue'), 'pass');
  assert.ok(lines.length > 10);

  const rehearsing = crew.byMqtt('rehearse', { minutes: 5 });
  const step = ({ readiness }: BoxSnapshot) => readiness?.running?.step ?? '';
  await wait((state) => / behind$/.test(step(state)));
  await crew.onPage('rehearse', { stop: true });
  await rehearsing;
  const { readiness } = await crew.state();
  assert.ok((readiness?.rehearsal?.viewer?.parts ?? 0) > 0, JSON.stringify(readiness));
  assert.is((await dropOf(box.url))['liveSince'], '', 'guests saw nothing of it');
}

/** On air: a clip, orders, and two things that go wrong. */
async function hold({ box, crew, wait }: Venue): Promise<void> {
  // The slip of the rehearsal.
  await wait(({ prints }) => prints?.waiting === 0);
  const before = (await crew.state()).prints?.printedTotal ?? 0;
  const live = await crew.onPage('go-live');
  assert.is(live.status, 'done', live.detail);
  await until(async () => (await fetch(`${box.url}/live/index.m3u8`)).ok, PATIENCE_MS, box.output);
  await wait(({ uplink }) => uplink?.phase === 'connected');
  await crew.tap('mark');
  await until(() => events(crew, 'clip.made').length === 1, PATIENCE_MS, box.output);

  const order = (id: string) => sendPaidOrder(box.operatorUrl, KEY, { ...PAID, order: id });
  const first = await order('a');
  assert.equal([first['http'], first['status'], first['numbers']], [200, 'confirmed', [1]]);
  assert.is((await order('a'))['isRepeat'], true);

  const links = (state: BoxSnapshot) => state.uplink?.bond?.links ?? [];
  await wait((state) =>
    links(state).some(({ id, state: is }) => id === 'sim-a' && is === 'active'),
  );
  await crew.plug('link-sim-a', false);
  await wait((state) => links(state).some(({ id, state: is }) => id === 'sim-a' && is === 'out'));
  await wait(({ uplink }) => uplink?.phase === 'connected');
  await until(() => events(crew, 'link.switched').length > 0, PATIENCE_MS, box.output);

  await wait(({ prints }) => prints?.waiting === 0 && prints.printedTotal > before);
  await crew.plug('printer-paper', false);
  await wait(({ printer }) => printer.phase === 'known' && printer.paper === 'out');
  assert.equal((await order('b'))['numbers'], [2]);
  await wait(({ prints, warnings }) => {
    const isWarned = warnings.some(({ key }) => key.startsWith('printer'));
    return isWarned && (prints?.waiting ?? 0) > 0;
  });
  const printed = (await crew.state()).prints?.printedTotal ?? 0;
  await crew.plug('printer-paper', true);
  await wait(({ prints }) => prints?.waiting === 0 && prints.printedTotal > printed);

  const cash = await crew.byMqtt('order', { order: 'c', item: 'poster', name: 'Ada' });
  assert.is(cash['status'], 'done', JSON.stringify(cash));
  await wait(({ prints }) => prints?.waiting === 0 && prints.printedTotal >= before + 3);
  const late = await order('d');
  assert.equal([late['status'], late['reason'], late['isPaid']], ['refused', 'sold-out', true]);
  await until(() => events(crew, 'order.refused').length === 1, PATIENCE_MS, box.output);
}

async function dropOf(url: string): Promise<Record<string, unknown>> {
  return (await (await fetch(`${url}/drop.json`)).json()) as Record<string, unknown>;
}

test('from the survey to the report, by buttons, page and MQTT only', async () => {
  await using venue = await startVenue();
  const { box, crew, wait } = venue;
  await prepare(venue);
  await hold(venue);
  const { dropId = '' } = (await crew.state()).drop;
  assert.is((await crew.onPage('end')).status, 'done');
  await wait(({ drop }) => drop.phase === 'idle');
  await until(async () => (await dropOf(box.url))['isOver'] === true, PATIENCE_MS);

  const reports = () => crew.broker.json(`/report/${dropId.toLowerCase()}`);
  await until(() => reports().length > 0, PATIENCE_MS, box.output);
  const report = reports().at(-1) ?? {};
  assert.equal([report['title'], report['planned'], report['clips']], ['Friday Duo', 'friday', 1]);
  const sales = report['sales'] as { orders: number; pieces: number; amounts: unknown };
  assert.equal([sales.orders, sales.pieces], [3, 3]);
  assert.equal(sales.amounts, [{ currency: 'EUR', amount_minor: 7500 }]);
  assert.ok(Number(report['prints']) >= 3, `${report['prints']} slips`);
  const failovers = report['failover_log'] as { link: string }[];
  assert.ok(
    failovers.some(({ link }) => link === 'sim-a'),
    JSON.stringify(failovers),
  );
  const cookie = await signIn(box.operatorUrl);
  const page = async () => {
    const url = `${box.operatorUrl}/reports/${dropId}.html`;
    return await (await fetch(url, { headers: { cookie } })).text();
  };
  await until(async () => (await page()).includes('Friday Duo'), PATIENCE_MS);
});

test.run();
