/** One box by the page in Chromium, over MQTT and by its button. */
import type { Page } from 'playwright-core';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { type Box, startBox, until } from '../../support/box.ts';
import { shareChromium, waitInPage } from '../../support/chromium.ts';
import { type Consumer, listen } from '../mqtt/support/consumer.ts';
import { startMosquitto } from '../mqtt/support/mosquitto.ts';
import { openPage, says } from './support/page.ts';

const test = suite('one box by page, MQTT and button');
const chromium = shareChromium();
test.after(() => chromium.close());
const ROOT = 'venuebox/v1/one';
const PATIENCE_MS = 60_000;
/** More than the 3 s that go live, less than the 10 s that shut down. */
const HOLD_MS = 4_500;

interface Controls {
  goLive(): Promise<void>;
  mark(): Promise<void>;
  end(): Promise<void>;
}

/** A short drop with a mark; its events over MQTT. */
async function evening(consumer: Consumer, { goLive, mark, end }: Controls): Promise<string[]> {
  const before = dropEvents(consumer).length;
  const published = () => dropEvents(consumer).slice(before);
  const untilPublished = (type: string) =>
    until(
      () => published().some((line) => line.startsWith(type)),
      PATIENCE_MS,
      () => published().join('\n'),
    );
  await goLive();
  await untilPublished('drop.first-frame');
  await mark();
  await untilPublished('drop.marked');
  await end();
  await untilPublished('drop.ended');
  return published();
}

/** The drop's events in their order. Each drop has an id and a length of its own. */
const dropEvents = (consumer: Consumer): string[] =>
  consumer
    .json('/event')
    .filter(({ type }) => String(type).startsWith('drop.'))
    .map(({ type, severity, data }) => {
      const own = { dropId: 'its id', lastedS: 'its length' };
      const known = data as Record<string, unknown>;
      for (const [key, word] of Object.entries(own)) if (key in known) known[key] = word;
      return `${type} ${severity} ${JSON.stringify(known)}`;
    });

test('going live by the page, by MQTT and by the button publishes the same events', async () => {
  await using broker = await startMosquitto();
  await using consumer = await listen(broker.port, [`${ROOT}/event`]);
  await using box = await startOn(broker.port, ['demo', '--idle']);
  await using browser = await chromium.open({ width: 1400, height: 1400 });
  const page = await openPage(browser, box.operatorUrl);
  await waitInPage(page, says('#phase', 'Idle'));
  const byPage = await evening(consumer, {
    goLive: () => hold(page, '[data-verb="go-live"]', 'On air'),
    mark: () => page.click('[data-verb="mark"]'),
    end: () => hold(page, '[data-verb="end"]', 'Idle'),
  });
  const byMqtt = await evening(consumer, {
    goLive: () => command(consumer, 'go-live'),
    mark: () => command(consumer, 'mark'),
    end: () => command(consumer, 'end'),
  });
  await waitInPage(page, says('#phase', 'Idle'));
  const [start, mark] = ['#panel .hardware:first-child', '#panel .hardware:nth-child(2)'];
  const byButton = await evening(consumer, {
    goLive: () => page.click(start, { delay: HOLD_MS }),
    mark: () => page.click(mark, { delay: 200 }),
    end: () => page.click(start, { delay: HOLD_MS }),
  });
  assert.equal(
    byPage.map((line) => line.split(' ')[0]),
    ['drop.live', 'drop.first-frame', 'drop.marked', 'drop.ended'],
  );
  assert.equal(byMqtt, byPage);
  assert.equal(byButton, byPage);
  assert.equal(page.faults, []);
});

test('a child that is killed is an alert on the page and over MQTT, and is cleared on both', async () => {
  await using broker = await startMosquitto();
  await using consumer = await listen(broker.port, [`${ROOT}/alert/#`, `${ROOT}/event`]);
  await using box = await startOn(broker.port, ['demo']);
  await using browser = await chromium.open({ width: 1400, height: 1400 });
  const page = await openPage(browser, box.operatorUrl);
  await waitInPage(page, says('#phase', 'On air'));
  await box.ready();
  const alert = () => consumer.json('/alert/capture-down').at(-1);
  // Killed until the warning has lasted for its time: one death is recovered before.
  await until(
    () => {
      const pid = box.childPid('capture');
      if (pid !== undefined) process.kill(pid, 'SIGKILL');
      return alert() !== undefined;
    },
    PATIENCE_MS,
    box.output,
  );
  await waitInPage(page, says('#alerts', 'The encoder is not working'));
  await until(() => consumer.last('/alert/capture-down')?.text === '', PATIENCE_MS);
  await waitInPage(page, `!(${says('#alerts', 'The encoder is not working')})`);
  const types = consumer.json('/event').map(({ type }) => type);
  assert.ok(types.includes('alert.raised') && types.includes('alert.cleared'), types.join());
  assert.equal(page.faults, []);
});

async function startOn(port: number, verb: readonly string[]): Promise<Box> {
  const box = await startBox([`mqtt.url=mqtt://127.0.0.1:${port}`, 'box.name=one'], verb);
  await until(async () => (await fetch(box.operatorUrl)).ok, PATIENCE_MS, box.output);
  return box;
}

/** Holds a button of the page until its state says so. */
async function hold(page: Page, selector: string, phase: string): Promise<void> {
  await page.hover(selector);
  await page.mouse.down();
  await waitInPage(page, says('#phase', phase));
  await page.mouse.up();
}

async function command(consumer: Consumer, verb: string): Promise<void> {
  const id = `${verb}-${consumer.received.length}`;
  await consumer.client.publishAsync(`${ROOT}/cmd/${verb}`, JSON.stringify({ id }), { qos: 1 });
}

test.run();
