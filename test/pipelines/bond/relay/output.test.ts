/** The relay’s socket towards the SRT listener. */
import { createSocket } from 'node:dgram';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { openLog } from '../../../../hal/os/log.ts';
import { openOutput } from '../../../../pipelines/bond/relay/output.ts';
import { until } from '../../../support/box.ts';
import { VirtualClock } from '../../../support/virtual-clock.ts';

const test = suite('relay output to the SRT listener');

const NAME = 'listener.test';

/** An output to a name that is known from the look-up numbered `knownFrom` on. */
async function openSituation(knownFrom: number, codes: readonly string[] = ['ENOTFOUND']) {
  const listener = createSocket('udp4');
  await new Promise<void>((done) => listener.bind(0, '127.0.0.1', done));
  const got: string[] = [];
  listener.on('message', (packet) => got.push(packet.toString()));
  const clock = new VirtualClock();
  const lines: string[] = [];
  const log = openLog('info', 'journal', (line) => lines.push(line)).with({ group: 7 });
  let lookups = 0;
  const output = openOutput(
    { host: NAME, port: listener.address().port },
    {
      clock,
      log,
      onPacket: () => undefined,
      lookup: (host, _options, done) => {
        if (host !== NAME) return done(null, host, 4);
        lookups += 1;
        if (lookups >= knownFrom) return done(null, '127.0.0.1', 4);
        const code = codes[(lookups - 1) % codes.length] ?? '';
        done(Object.assign(new Error(`${code} ${host}`), { code }), '', 4);
      },
    },
  );
  return {
    output,
    clock,
    got,
    lines,
    lookups: () => lookups,
    listener,
    /** The name is looked up again when its second is over. */
    nextLookup: async () => {
      const before = lookups;
      await until(async () => {
        await clock.advance(1_000);
        return lookups > before;
      }, 10_000);
    },
    [Symbol.dispose]: () => {
      output.close();
      listener.close();
    },
  };
}

test('a failed name lookup is repeated, and the queued handshake is sent', async () => {
  using situation = await openSituation(4);
  situation.output.send(Buffer.from('handshake'));
  for (let time = 0; time < 3; time += 1) await situation.nextLookup();
  await until(() => situation.got.includes('handshake'), 10_000);
  situation.output.send(Buffer.from('data'));
  await until(() => situation.got.includes('data'), 10_000);
  assert.is(situation.lookups(), 4);
});

test('the lookup is repeated after a second at the soonest', async () => {
  using situation = await openSituation(Number.POSITIVE_INFINITY);
  await until(() => situation.lines.length > 0, 10_000);
  await situation.clock.advance(999);
  assert.is(situation.lookups(), 1);
});

test('each error code is logged once, with the group', async () => {
  using situation = await openSituation(Number.POSITIVE_INFINITY, ['ENOTFOUND', 'EAI_AGAIN']);
  for (let time = 0; time < 5; time += 1) await situation.nextLookup();
  await until(() => situation.lines.length >= 2, 10_000);
  assert.is(situation.lines.length, 2, situation.lines.join(''));
  assert.match(situation.lines[0] ?? '', '"group":7');
  assert.match(situation.lines[0] ?? '', 'ENOTFOUND');
  assert.match(situation.lines[1] ?? '', 'EAI_AGAIN');
});

test('a group that ends looks up no names', async () => {
  const situation = await openSituation(Number.POSITIVE_INFINITY);
  await until(() => situation.lines.length > 0, 10_000);
  situation.output.close();
  await situation.clock.advance(60_000);
  assert.is(situation.lookups(), 1);
  situation.listener.close();
});

test('of many queued packets the newest stay', async () => {
  using situation = await openSituation(2);
  for (let n = 0; n < 100; n += 1) situation.output.send(Buffer.from(String(n)));
  await situation.nextLookup();
  await until(() => situation.got.length >= 32, 10_000);
  assert.is(situation.got[0], '68');
  assert.is(situation.got.at(-1), '99');
});

test('an absent listener is logged once, and served when it is there', async () => {
  const socket = createSocket('udp4');
  await new Promise<void>((done) => socket.bind(0, '127.0.0.1', done));
  const { port } = socket.address();
  await new Promise<void>((done) => socket.close(done));
  const lines: string[] = [];
  const log = openLog('info', 'journal', (line) => lines.push(line));
  const deps = { clock: new VirtualClock(), log, onPacket: () => undefined };
  const output = openOutput({ host: '127.0.0.1', port }, deps);
  const got: string[] = [];
  const listener = createSocket('udp4').on('message', (packet) => got.push(packet.toString()));
  const calling = setInterval(() => output.send(Buffer.from('handshake')), 10);
  try {
    await until(() => lines.some((line) => line.includes('ECONNREFUSED')), 10_000);
    await new Promise<void>((done) => listener.bind(port, '127.0.0.1', done));
    await until(() => got.length > 0, 10_000);
    assert.is(lines.length, 1, lines.join(''));
  } finally {
    clearInterval(calling);
    output.close();
    listener.close();
  }
});

test.run();
