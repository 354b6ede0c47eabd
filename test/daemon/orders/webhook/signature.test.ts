/** Signatures of both schemes, against published examples and against forgers. */
import { createHmac } from 'node:crypto';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { verify } from '../../../../daemon/orders/webhook/signature.ts';
import { seeded } from '../../../support/seeded.ts';

const test = suite('webhook signatures');

/** From the Standard Webhooks specification and the libraries’ own tests. */
const SECRET = 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw';
const BODY = Buffer.from('{"test": 2432232314}');
const AT_S = 1614265330;
const HEADERS: Readonly<Record<string, string>> = {
  'webhook-id': 'msg_p5jXN8AQM9LWM0D4loKWxJek',
  'webhook-timestamp': `${AT_S}`,
  'webhook-signature': 'v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=',
};

const check = (
  headers: Readonly<Record<string, string>>,
  { body = BODY, secrets = [SECRET], nowS = AT_S } = {},
) => verify('standard', (name) => headers[name], body, secrets, nowS);

test('the specification’s example is good', () => {
  assert.is(check(HEADERS).type, 'good');
});

test('one of several signatures is enough, and one of several secrets', () => {
  const more = `v1,AAAA v2,xx ${HEADERS['webhook-signature']} v1a,yyy`;
  assert.is(check({ ...HEADERS, 'webhook-signature': more }).type, 'good');
  const old = 'whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD';
  assert.is(check(HEADERS, { secrets: [old, SECRET] }).type, 'good');
  assert.equal(check(HEADERS, { secrets: [old] }), { type: 'bad', reason: 'forged' });
});

test('five minutes early or late are good, and a second more is not', () => {
  for (const nowS of [AT_S - 300, AT_S + 300]) assert.is(check(HEADERS, { nowS }).type, 'good');
  for (const nowS of [AT_S - 301, AT_S + 301]) {
    assert.equal(check(HEADERS, { nowS }), { type: 'bad', reason: 'late' });
  }
});

test('any change of id, time, body or signature is refused', () => {
  const random = seeded(7);
  for (let round = 0; round < 2_000; round += 1) {
    const name = Object.keys(HEADERS)[Math.floor(random() * 3)] ?? '';
    const value = HEADERS[name] ?? '';
    const at = Math.floor(random() * value.length);
    const letter = String.fromCharCode(33 + Math.floor(random() * 94));
    const changed = `${value.slice(0, at)}${letter}${value.slice(at + 1)}`;
    // Of the end of base64 not every bit means something.
    if (changed === value || at >= value.length - 2) continue;
    assert.is(check({ ...HEADERS, [name]: changed }).type, 'bad', `${name}: ${changed}`);
  }
  assert.is(check(HEADERS, { body: Buffer.from('{"test": 2432232315}') }).type, 'bad');
});

test('what is missing or malformed is no signature', () => {
  for (const name of Object.keys(HEADERS)) {
    for (const value of ['', ' ', 'v1', 'x'.repeat(300), '1e9', '-5']) {
      const { type } = check({ ...HEADERS, [name]: value });
      assert.is(type, 'bad', `${name}: ${value}`);
    }
  }
});

test('Stripe’s form: any v1 of its signatures, and no other version', () => {
  const secret = 'whsec_test_secret_of_stripe';
  const sign = (body: string) =>
    createHmac('sha256', secret).update(`${AT_S}.${body}`).digest('hex');
  const good = sign('{}');
  const stripe = (header: string, nowS = AT_S) =>
    verify('stripe', () => header, Buffer.from('{}'), [secret], nowS).type;
  assert.is(stripe(`t=${AT_S},v1=${good}`), 'good');
  assert.is(stripe(`t=${AT_S},v1=${'0'.repeat(64)},v1=${good},v0=abc`), 'good');
  assert.is(stripe(`t=${AT_S},v0=${good}`), 'bad');
  assert.is(stripe(`t=${AT_S + 1},v1=${good}`), 'bad');
  assert.is(stripe(`t=${AT_S},v1=${sign('{ }')}`), 'bad');
  assert.is(stripe(`t=${AT_S},v1=${good}`, AT_S + 400), 'bad');
});

test.run();
