/** The payload of the shop: as its schema says, and the same while nothing changes. */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import * as v from 'valibot';
import { METRICS } from '../../../daemon/metrics/table.ts';
import { MerchPayload } from '../../../daemon/mqtt/payloads/merch-payload.ts';
import { TOPICS } from '../../../daemon/mqtt/payloads/topics.ts';
import { WELL } from '../../support/snapshot.ts';
import { shop } from './support/shop.ts';

const test = suite('MQTT topic merch');
const NOW_MS = Date.UTC(2026, 4, 1, 20);

test('it is as its schema says', () => {
  const body = new MerchPayload().report(shop(60_000), NOW_MS);
  const ts = new Date(NOW_MS).toISOString();
  const payload = { v: 1, ts, seq: 1, session: 's', ...body };
  assert.ok(v.is(TOPICS.merch.schema, payload));
  assert.is(body?.flash_until, '2026-05-01T20:01:00.000Z');
  assert.equal(
    body?.articles.map(({ left, price_minor }) => [left, price_minor]),
    [
      [12, 2000],
      [null, 3000],
    ],
  );
  assert.is(new MerchPayload().report(undefined, NOW_MS), undefined);
});

test('a window that runs down is published once, and its end', () => {
  const report = new MerchPayload();
  const texts = new Set<string>();
  for (let elapsedMs = 0; elapsedMs < 60_000; elapsedMs += 997) {
    const jitterMs = (elapsedMs * 7) % 300;
    const body = report.report(shop(60_000 - elapsedMs), NOW_MS + elapsedMs + jitterMs);
    texts.add(JSON.stringify(body));
  }
  assert.is(texts.size, 1);
  assert.is(report.report(shop(0), NOW_MS + 60_000)?.flash_until, null);
});

test('Prometheus has each article and the orders', () => {
  const box = { ...WELL, shop: shop(1) };
  const samplesOf = (name: string) =>
    METRICS.find((one) => one.name === `venuebox_${name}`)?.samples(box) ?? [];
  assert.equal(samplesOf('article_left'), [[12, { article: 'print', currency: 'EUR' }]]);
  assert.equal(samplesOf('orders_to_refund'), [[1, {}]]);
  assert.equal(
    METRICS.flatMap((one) => (/article|orders/.test(one.name) ? one.samples(WELL) : [])),
    [],
  );
});

test.run();
