/** What a session of Stripe says was paid, in the smallest unit of ISO 4217. */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { readPayload } from '../../../../daemon/orders/webhook/payload.ts';
import { paidIn } from '../../../../daemon/orders/webhook/payment.ts';

const test = suite('amounts of a webhook');

function paidAtStripe(currency: string | null, total: number | null) {
  const session = { id: 'cs_1', payment_status: 'paid', currency, amount_total: total };
  const object = { ...session, metadata: { item: 'print' } };
  const event = { type: 'checkout.session.completed', created: 1_770_000_000, data: { object } };
  const read = readPayload('stripe', Buffer.from(JSON.stringify(event)));
  assert.ok('request' in read);
  return [read.request.amount, read.request.currency];
}

test('Stripe’s own smallest units are those of the catalogue', () => {
  assert.equal(paidAtStripe('eur', 2500), [2500, 'EUR']);
  assert.equal(paidAtStripe('huf', 250_000), [250_000, 'HUF']);
  assert.equal(paidAtStripe('isk', 250_000), [2500, 'ISK']);
  assert.equal(paidAtStripe('ugx', 199), [1, 'UGX'], 'never more than was paid');
  assert.equal(paidAtStripe('mga', 2500), [250_000, 'MGA']);
  assert.equal(paidAtStripe(null, null), [undefined, undefined]);
});

test('what is no id of an item is cleaned before it is told or saved, and never looks like the number of a card', () => {
  const itemOf = (item: unknown) => {
    const data = { order: 'a', item, amount: 2500, currency: 'EUR' };
    const event = { type: 'order.paid', timestamp: '2026-05-01T20:00:00Z', data };
    const read = readPayload('standard', Buffer.from(JSON.stringify(event)));
    const request = 'request' in read ? read.request : 'paid' in read ? read.paid : undefined;
    return request && paidIn(request).item;
  };
  assert.is(itemOf('poster-2'), 'poster-2');
  assert.is(itemOf('4111 1111 1111 1111'), '');
  assert.is(itemOf('a\u001b[2J\u202eb'), 'a [2J b');
  assert.is(itemOf(4111111111111111), '');
});

test.run();
