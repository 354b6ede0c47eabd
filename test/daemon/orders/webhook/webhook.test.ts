/** Signed orders over HTTP: taken once, and everything forged, late, replayed or overtaken refused. */
import { createHmac, randomUUID } from 'node:crypto';
import { chmodSync, writeFileSync } from 'node:fs';
import { request } from 'node:http';
import { connect } from 'node:net';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { openSecrets } from '../../../../daemon/orders/webhook/secrets.ts';
import { runWebhook } from '../../../../daemon/orders/webhook/server.ts';
import type { Scheme } from '../../../../daemon/orders/webhook/signature.ts';
import { Webhook } from '../../../../daemon/orders/webhook/webhook.ts';
import { systemClock } from '../../../../hal/os/clock.ts';
import { silentLog } from '../../../../hal/os/log.ts';
import { freePort } from '../../../support/free-port.ts';
import { article, openShop, scratchFolder } from '../support/shop.ts';

const test = suite('order webhook');
const KEY = Buffer.alloc(24, 7);
const SECRET = `whsec_${KEY.toString('base64')}`;

type Headers = Readonly<Record<string, string>>;

async function openHook(scheme: Scheme = 'standard', secret = SECRET) {
  const folder = scratchFolder();
  const file = `${folder.path}/secret`;
  writeFileSync(file, `${secret}\n`, { mode: 0o600 });
  const shop = await openShop(`${folder.path}/orders`, [article('print', { edition: 3 })]);
  const { service, clock } = shop;
  let isClockFree = false;
  const logged: string[] = [];
  const hook = new Webhook({
    ...{ scheme, secrets: openSecrets(file, scheme), service, clock },
    log: { ...silentLog, warn: (text) => void logged.push(text) },
    isClockFree: () => isClockFree,
  });
  const ending = new AbortController();
  const port = await freePort();
  const at = { host: '127.0.0.1', port };
  const os = { clock: systemClock, log: silentLog };
  const running = runWebhook(at, (one) => hook.answer(one), os, ending.signal);
  const send = (body: string, headers: Headers, method = 'POST') =>
    post(port, body, headers, method);
  return {
    ...{ shop, file, clock, port, send, logged },
    setClockFree: (isFree: boolean) => {
      isClockFree = isFree;
    },
    /** Sends an event of a shop, signed as it should be. */
    sendEvent: (type: string, data: object, atMs = clock.wallMs()) => {
      const body = JSON.stringify({ type, timestamp: new Date(atMs).toISOString(), data });
      return send(body, signed(body, clock.wallMs()));
    },
    [Symbol.asyncDispose]: async () => {
      ending.abort();
      await running;
      await shop[Symbol.asyncDispose]();
      folder[Symbol.dispose]();
    },
  };
}

function post(port: number, body: string, headers: Headers, method: string) {
  return new Promise<{ status: number; body: Record<string, unknown> }>((resolve, reject) => {
    const options = { port, method, path: '/orders/webhook', headers, agent: false };
    const sent = request(options, (response) => {
      let text = '';
      response.setEncoding('utf8').on('data', (more: string) => {
        text += more;
      });
      response.on('end', () =>
        resolve({ status: response.statusCode ?? 0, body: JSON.parse(text) }),
      );
    });
    sent.on('error', reject);
    sent.end(body);
  });
}

function signed(body: string, atMs: number, id: string = randomUUID()): Headers {
  const timestamp = Math.floor(atMs / 1000);
  const mac = createHmac('sha256', KEY).update(`${id}.${timestamp}.${body}`).digest('base64');
  return {
    'webhook-id': id,
    'webhook-timestamp': `${timestamp}`,
    'webhook-signature': `v1,${mac}`,
  };
}

const PAID = { order: 'a', item: 'print', amount: 2500, currency: 'EUR', name: 'Ada' };
const event = (data: object, atMs: number, type = 'order.paid') =>
  JSON.stringify({ type, timestamp: new Date(atMs).toISOString(), data });

test('a paid order gets its number', async () => {
  await using hook = await openHook();
  const { status, body } = await hook.sendEvent('order.paid', PAID);
  assert.is(status, 200);
  assert.equal([body['status'], body['numbers']], ['confirmed', [1]]);
  await hook.shop.announced();
  assert.is(hook.shop.confirmed[0]?.name, 'Ada');
});

test('no name costs a buyer his order: what is too long is cut', async () => {
  await using hook = await openHook();
  const { status } = await hook.sendEvent('order.paid', {
    ...PAID,
    name: '\u202e🎈 Ada'.repeat(2_000),
  });
  assert.is(status, 200);
  await hook.shop.announced();
  assert.match(hook.shop.confirmed[0]?.name ?? '', /^🎈 Ada 🎈.{0,76}$/u);
});

test('no name costs a buyer his order: what is no text is left out', async () => {
  await using hook = await openHook();
  for (const [i, name] of [null, 7, {}].entries()) {
    const { status } = await hook.sendEvent('order.paid', { ...PAID, order: `n${i}`, name });
    assert.is(status, 200, JSON.stringify(name));
  }
  await hook.shop.announced();
  assert.equal(
    hook.shop.confirmed.map(({ name }) => name),
    [undefined, undefined, undefined],
  );
});

test('a message that is sent again by its sender changes nothing, and a replayed one is refused', async () => {
  await using hook = await openHook();
  const body = event(PAID, hook.clock.wallMs());
  const headers = signed(body, hook.clock.wallMs(), 'msg_1');
  assert.is((await hook.send(body, headers)).status, 200);
  assert.equal(await hook.send(body, headers), { status: 409, body: { error: 'replayed' } });
  await hook.clock.advance(60_000);
  const again = await hook.send(body, signed(body, hook.clock.wallMs(), 'msg_1'));
  assert.equal([again.status, again.body['isRepeat']], [200, true]);
  await hook.shop.announced();
  assert.is(hook.shop.confirmed.length, 1);
});

test('forged, unsigned and late messages are refused, and nothing of them is kept', async () => {
  await using hook = await openHook();
  const body = event(PAID, hook.clock.wallMs());
  const good = signed(body, hook.clock.wallMs());
  const cases: readonly (readonly [number, string, string, Headers])[] = [
    [401, 'no-signature', body, {}],
    [401, 'forged', body.replace('"a"', '"b"'), good],
    [401, 'forged', body, { ...good, 'webhook-id': 'other' }],
    [400, 'late', body, signed(body, hook.clock.wallMs() - 301_000)],
    [400, 'late', body, signed(body, hook.clock.wallMs() + 301_000)],
  ];
  for (const [status, error, text, headers] of cases) {
    assert.equal(await hook.send(text, headers), { status, body: { error } });
  }
  assert.is(hook.shop.service.state()?.totals.confirmed, 0);
});

test('while the clock is not synchronised a message that does not fit it is put off, not refused', async () => {
  await using hook = await openHook();
  hook.setClockFree(true);
  const nowMs = hook.clock.wallMs();
  const body = event(PAID, nowMs + 1_200_000);
  const headers = signed(body, nowMs + 1_200_000);
  assert.equal(await hook.send(body, headers), { status: 503, body: { error: 'clock-not-set' } });
  const forged = await hook.send(body.replace('"a"', '"b"'), headers);
  assert.is(forged.status, 401, 'a stranger learns nothing of the clock');
  assert.is((await hook.sendEvent('order.paid', { ...PAID, order: 'fits' })).status, 200);
  // It is set, and the sender tries again.
  hook.setClockFree(false);
  await hook.clock.advance(1_200_000);
  assert.is((await hook.send(body, headers)).body['status'], 'confirmed');
});

test('a time that is none is refused, and the shop opens again at the next start', async () => {
  await using hook = await openHook();
  const nowMs = hook.clock.wallMs();
  for (const timestamp of ['2026-05-01T20:00:00+00', '0001-01-01T00:00:00Z', 'soon']) {
    const body = JSON.stringify({ type: 'order.paid', timestamp, data: PAID });
    const { status } = await hook.send(body, signed(body, nowMs));
    assert.is(status, 422, timestamp);
  }
  assert.is(hook.shop.service.state()?.totals.confirmed, 0);
});

test('a message that was overtaken by a newer one is refused', async () => {
  await using hook = await openHook();
  const nowMs = hook.clock.wallMs();
  await hook.sendEvent('order.paid', PAID, nowMs);
  for (const type of ['order.reserved', 'order.cancelled']) {
    const { status, body } = await hook.sendEvent(type, { order: 'a' }, nowMs - 1_000);
    assert.equal([status, body], [409, { error: 'older-than-known' }], type);
  }
  assert.is(hook.shop.service.state()?.totals.confirmed, 1);
});

test('what is no order is refused with its reason, or ignored', async () => {
  await using hook = await openHook();
  const cases: readonly (readonly [object, string])[] = [
    [{ ...PAID, card: '4111111111111111' }, 'data.card is not taken'],
    [{ ...PAID, order: undefined }, 'data.order is missing'],
    [{ ...PAID, amount: undefined }, 'data.amount and data.currency are needed: what was paid'],
    [{ ...PAID, item: 'cap' }, 'unknown item cap; there are: print'],
  ];
  for (const [data, error] of cases) {
    const { status, body } = await hook.sendEvent('order.paid', data);
    assert.equal([status, body], [422, { error }]);
  }
  assert.equal((await hook.sendEvent('invoice.made', {})).body, { status: 'ignored' });
  const broken = '{"type":';
  assert.is((await hook.send(broken, signed(broken, hook.clock.wallMs()))).status, 422);
});

test('long bodies, other methods and floods are refused', async () => {
  await using hook = await openHook();
  const long = 'x'.repeat(70_000);
  const outcome = await hook.send(long, {}).catch(() => ({ status: 413 }));
  assert.is(outcome.status, 413);
  assert.is((await hook.send('', {}, 'PUT')).status, 405);
  const flood = async (headers: () => Headers) => {
    const statuses = new Map<number, number>();
    for (let burst = 0; burst < 22; burst += 1) {
      const sent = await Promise.all(Array.from({ length: 100 }, () => hook.send('{}', headers())));
      for (const { status } of sent) statuses.set(status, (statuses.get(status) ?? 0) + 1);
    }
    return statuses;
  };
  const unsigned = await flood(() => ({}));
  assert.equal([...unsigned.keys()], [401]);
  assert.is((await hook.sendEvent('order.paid', PAID)).status, 200, 'a flood of strangers');
  const ofSender = await flood(() => signed('{}', hook.clock.wallMs()));
  assert.ok((ofSender.get(429) ?? 0) > 50, JSON.stringify([...ofSender]));
});

test('few addresses that send half a message, or nothing, do not keep out who signs', async () => {
  await using hook = await openHook();
  const half = 'POST /orders/webhook HTTP/1.1\r\nHost: a\r\nContent-Length: 9\r\n\r\n{';
  for (const text of [half, '']) {
    const strangers = Array.from({ length: 600 }, (_, i) => {
      const localAddress = `127.9.1.${1 + (i % 3)}`;
      const socket = connect({ host: '127.0.0.1', port: hook.port, localAddress });
      return socket.on('error', () => undefined).once('connect', () => socket.write(text));
    });
    await Promise.all(strangers.map((one) => new Promise((done) => one.once('connect', done))));
    const { status, body } = await hook.sendEvent('order.paid', PAID);
    assert.equal([status, body['status']], [200, 'confirmed'], text);
    for (const socket of strangers) socket.destroy();
  }
});

test('a secret that others can read takes no order until its file is safe', async () => {
  await using hook = await openHook();
  chmodSync(hook.file, 0o644);
  assert.is((await hook.sendEvent('order.paid', PAID)).status, 503);
  chmodSync(hook.file, 0o600);
  assert.is((await hook.sendEvent('order.paid', PAID)).status, 200);
  writeFileSync(hook.file, `whsec_${Buffer.alloc(24, 9).toString('base64')}\n${SECRET}\n`);
  assert.is((await hook.sendEvent('order.paid', { ...PAID, order: 'b' })).status, 200);
});

test('Stripe’s checkout sessions are orders: paid, paid later, expired', async () => {
  const secret = 'whsec_0123456789abcdef';
  await using hook = await openHook('stripe', secret);
  const send = (type: string, id: string, paymentStatus: string, more: object = {}) => {
    const session = {
      ...{ id, object: 'checkout.session', payment_status: paymentStatus, currency: 'eur' },
      ...{ amount_total: 2500, metadata: { item: 'print' }, customer_details: { name: 'Bo' } },
      ...more,
    };
    const timestamp = Math.floor(hook.clock.wallMs() / 1000);
    const body = JSON.stringify({ type, created: timestamp, data: { object: session } });
    const mac = createHmac('sha256', secret).update(`${timestamp}.${body}`).digest('hex');
    return hook.send(body, { 'stripe-signature': `t=${timestamp},v1=${mac}` });
  };
  const id = `cs_test_${'a'.repeat(58)}`;
  assert.is((await send('checkout.session.completed', id, 'paid')).body['status'], 'confirmed');
  assert.is((await send('checkout.session.completed', 'cs_2', 'unpaid')).body['status'], 'pending');
  const later = await send('checkout.session.async_payment_succeeded', 'cs_2', 'paid');
  assert.equal(later.body['numbers'], [2]);
  assert.is((await send('checkout.session.expired', 'cs_3', 'unpaid')).body['status'], 'void');
  const cheap = await send('checkout.session.completed', 'cs_4', 'paid', { amount_total: 1 });
  assert.equal([cheap.status, cheap.body['reason']], [200, 'price']);
  assert.equal((await send('charge.updated', 'ch_1', '')).body, { status: 'ignored' });
  // Of another shop with the same account: nothing of it is kept.
  for (const type of ['checkout.session.completed', 'checkout.session.expired']) {
    const other = await send(type, 'cs_5', 'paid', { metadata: {} });
    assert.equal([other.status, other.body], [200, { status: 'ignored' }]);
  }
  assert.ok(hook.shop.service.newest(50).every((order) => order.id !== 'cs_5'));
  // Its money is there, whatever is wrong with it.
  const metadata = { item: 'print', quantity: 'two' };
  assert.is((await send('checkout.session.completed', 'cs_6', 'paid', { metadata })).status, 422);
  assert.equal(
    hook.shop.service.state()?.unmatched?.map(({ order, item, amount }) => [order, item, amount]),
    [['cs_6', 'print', 2500]],
  );
  await hook.clock.advance(1_000);
  await hook.shop.service.take({ do: 'cancel', id: 'cs_6', was: 'refused', source: 'cli' });
  assert.is((await send('checkout.session.completed', 'cs_6', 'paid', { metadata })).status, 200);
  assert.ok(hook.logged.includes('paid sessions are no orders of this box'));
});

test.run();
