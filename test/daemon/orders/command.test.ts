/** The command `order`, as MQTT, the operator’s page and the command line send it. */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { openOrderCommand } from '../../../daemon/orders/command.ts';
import { cleanName } from '../../../daemon/orders/request.ts';
import { translate } from '../../../daemon/web/page/text/translation.ts';
import { seeded } from '../../support/seeded.ts';
import { VirtualClock } from '../../support/virtual-clock.ts';
import { article, openShop, scratchFolder } from './support/shop.ts';

const test = suite('order command');
const ARTICLES = [article('print', { edition: 1 })];

test('it takes an order, and says what came of it', async () => {
  using folder = scratchFolder();
  await using shop = await openShop(folder.path, ARTICLES);
  const order = openOrderCommand(shop.service, shop.clock);
  const run = (args: Record<string, unknown>) => order({ verb: 'order', args, by: 'page' });
  const done = await run({ order: 'a', item: 'print', name: 'Ada' });
  assert.is(done.detail, 'order a is confirmed, number 1');
  await shop.announced();
  assert.equal(shop.confirmed, [
    {
      ...{ seq: 1, orderId: 'a', drop: 'friday', item: { id: 'print', name: 'Article print' } },
      ...{ quantity: 1, numbers: [1], name: 'Ada', atMs: shop.clock.wallMs(), source: 'cash' },
    },
  ]);
  const refused = await run({ order: 'b', item: 'print' });
  assert.equal(refused, { status: 'rejected', code: 'REFUSED', detail: 'sold out' });
  const args = { order: 'c', item: 'print', amount: 2500, currency: 'EUR' };
  const paidBefore = await order({ verb: 'order', args, by: 'mqtt' });
  assert.is(paidBefore.detail, 'sold out; the money must go back');
  assert.is(shop.service.state()?.totals.refunds, 1);
  const cancelled = await run({ order: 'c', do: 'cancel' });
  assert.is(cancelled.detail, 'order c is void');
  assert.is(shop.service.state()?.totals.refunds, 0);
});

test('an order that was paid while a person was asked is not cancelled, and the page says so in German', async () => {
  using folder = scratchFolder();
  await using shop = await openShop(folder.path, ARTICLES);
  const order = openOrderCommand(shop.service, shop.clock);
  const run = (args: object) => order({ verb: 'order', args: { ...args }, by: 'page' });
  await run({ order: 'a', item: 'print' });
  const refused = await run({ order: 'a', do: 'cancel', was: 'pending' });
  assert.is(refused.status, 'rejected');
  assert.match(translate(refused.detail, 'de') ?? '', 'geändert');
  const cancelled = await run({ order: 'a', do: 'cancel', was: 'confirmed' });
  assert.is(cancelled.detail, 'order a is void');
  // Nobody takes money for it: it is not done.
  assert.equal(await run({ order: 'a' }), {
    ...{ status: 'rejected', code: 'REFUSED', detail: 'it had been cancelled' },
  });
});

test('an order that the disk does not take holds its place for ten seconds only', async () => {
  const clock = new VirtualClock();
  const take = () => new Promise<never>(() => undefined);
  const order = openOrderCommand({ take }, clock);
  const answer = order({ verb: 'order', args: { order: 'a', item: 'print' }, by: 'page' });
  let isAnswered = false;
  void answer.then(() => {
    isAnswered = true;
  });
  await clock.advance(9_900);
  assert.is(isAnswered, false);
  await clock.advance(200);
  const outcome = await answer;
  assert.equal([outcome.status, 'code' in outcome && outcome.code], ['failed', 'UNAVAILABLE']);
  assert.match(outcome.detail, 'send the same order again');
});

test('wrong arguments are refused with what to write', async () => {
  using folder = scratchFolder();
  await using shop = await openShop(folder.path, ARTICLES);
  const order = openOrderCommand(shop.service, shop.clock);
  const cases: readonly (readonly [Record<string, unknown>, string])[] = [
    [{ item: 'print' }, 'order is missing'],
    [{ order: '../a' }, 'order must be 1 to 128 of A-Z a-z 0-9 _ . : -'],
    [{ order: 'a', do: 'steal' }, 'do must be reserve, confirm, cancel or clear'],
    [{ order: 'a', quantity: 1.5 }, 'quantity must be a whole number from 0 to 100'],
    [{ order: 'a', card: '4111' }, 'order takes no card'],
    [{ order: 'a', item: 'cap' }, 'unknown item cap; there are: print'],
  ];
  for (const [args, detail] of cases) {
    const outcome = await order({ verb: 'order', args, by: 'mqtt' });
    assert.equal(outcome, { status: 'rejected', code: 'BAD_ARGUMENTS', detail });
  }
});

test('a name is one line without control characters, and never a card number', () => {
  assert.is(cleanName('  Ada\u0000\u001b@\nLove\u202elace  '), 'Ada @ Love lace');
  for (const text of ['4111 1111 1111 1111', 'Ada 5500-0000-0000-0004', '378282246310005']) {
    assert.is(cleanName(text), '', text);
  }
  assert.is(cleanName('0123456789'), '0123456789');
  assert.ok(cleanName('\u202e🎈 '.repeat(5_000)).length > 70);
  const random = seeded(4);
  for (let round = 0; round < 500; round += 1) {
    const codes = Array.from({ length: 120 }, () => Math.floor(random() * 0x2_0000));
    const name = cleanName(String.fromCodePoint(...codes));
    assert.not.match(name, /[\p{Cc}\p{Cf}\p{Cs}]/u);
    assert.ok(name.length <= 80 && name === name.trim());
  }
});

test.run();
