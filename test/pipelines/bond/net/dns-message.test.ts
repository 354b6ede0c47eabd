/** A question to a DNS server, and what its answer has. */
import fc from 'fast-check';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { parseAnswer, renderQuestion } from '../../../../pipelines/bond/net/dns-message.ts';

const test = suite('DNS message');

function asked(name: string, family: 4 | 6 = 4, id = 0x1234) {
  const question = renderQuestion(id, name, family);
  if (question === undefined) throw new Error(`no name of DNS: ${name}`);
  return question;
}

/** The answer of a server that resolves, with an alias before the addresses. */
function answer(question: Buffer, records: readonly string[], flags = 0x8180): Buffer {
  const packet = Buffer.from(question);
  packet.writeUInt16BE(flags, 2);
  packet.writeUInt16BE(records.length, 6);
  return Buffer.concat([packet, ...records.map((record) => Buffer.from(record, 'hex'))]);
}

// Pointer to the question, type, class, time to live, length, data.
const ALIAS = 'c00c0005000100000e100004016ac00c';
const A = 'c00c0001000100000e100004c0000209';
const AAAA = 'c00c001c000100000e10001020010db8000000000000000000000009';

test('the question is what RFC 1035 has', () => {
  assert.is(
    asked('relay.example.org').packet.toString('hex'),
    '12340100000100000000000005' +
      `${Buffer.from('relay').toString('hex')}07${Buffer.from('example').toString('hex')}` +
      `03${Buffer.from('org').toString('hex')}0000010001`,
  );
  assert.is(asked('bücher.example').packet.toString('latin1').includes('xn--bcher-kva'), true);
  for (const name of ['', '.', 'a..b', 'a'.repeat(64), Array(130).fill('a').join('.')])
    assert.is(renderQuestion(1, name, 4), undefined, name);
});

test('the addresses of an answer, behind an alias too', () => {
  const v4 = asked('relay.test');
  assert.equal(parseAnswer(answer(v4.packet, [ALIAS, A, AAAA]), v4), ['192.0.2.9']);
  const v6 = asked('relay.test', 6);
  assert.equal(parseAnswer(answer(v6.packet, [A, AAAA]), v6), ['2001:db8::9']);
  assert.equal(parseAnswer(answer(v6.packet, []), v6), [], 'NODATA');
  assert.equal(parseAnswer(answer(v4.packet, [A], 0x8183), v4), [], 'NXDOMAIN');
});

test('what answers another question is none', () => {
  const question = asked('relay.test');
  for (const other of [asked('relay.test', 4, 1), asked('other.test'), asked('relay.test', 6)])
    assert.is(parseAnswer(answer(other.packet, [A]), question), undefined);
  assert.is(parseAnswer(question.packet, question), undefined, 'the question itself');
});

test('whatever comes is read to where it ends', () => {
  const question = asked('relay.test');
  const good = answer(question.packet, [ALIAS, A]);
  for (let end = 0; end < good.length; end += 1) {
    const found = parseAnswer(good.subarray(0, end), question);
    assert.equal(found ?? [], [], `${end}`);
  }
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 200 }), fc.nat(0xffff), (tail, count) => {
      const packet = answer(question.packet, []);
      packet.writeUInt16BE(count, 6);
      const found = parseAnswer(Buffer.concat([packet, tail]), question);
      assert.ok((found?.length ?? -1) >= 0);
    }),
  );
});

test.run();
