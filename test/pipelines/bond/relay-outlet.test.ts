import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { type OutletEvents, openOutlet } from '../../../pipelines/bond/relay-outlet.ts';
import { until } from '../../support/box.ts';
import { freePort } from '../../support/free-port.ts';

const test = suite('the relay’s way to the SRT listener');

type Lookup = NonNullable<OutletEvents['lookup']>;

test('a name that cannot be looked up yet is told once and looked up again; what came early arrives', async () => {
  const listener = createSocket('udp4').bind(0, '127.0.0.1');
  await once(listener, 'listening');
  const got: string[] = [];
  listener.on('message', (packet) => got.push(String(packet)));
  let asked = 0;
  const lookup = ((_host: string, _options: unknown, done: Parameters<Lookup>[2]) => {
    asked += 1;
    if (asked <= 2) done(Object.assign(new Error('not found'), { code: 'ENOTFOUND' }), '', 4);
    else done(null, '127.0.0.1', 4);
  }) as Lookup;
  const troubles: string[] = [];
  const outlet = openOutlet(
    { host: 'srt.internal', port: listener.address().port },
    { onPacket: () => undefined, onTrouble: (code) => troubles.push(code), lookup },
  );
  outlet.send(Buffer.from('handshake'));
  await until(() => got.length > 0, 10_000);
  assert.equal(got, ['handshake']);
  assert.equal(troubles, ['ENOTFOUND']);
  outlet.close();
  listener.close();
});

test('a listener that is away is told once', async () => {
  const troubles: string[] = [];
  const outlet = openOutlet(
    { host: '127.0.0.1', port: await freePort() },
    { onPacket: () => undefined, onTrouble: (code) => troubles.push(code) },
  );
  const sending = setInterval(() => outlet.send(Buffer.from('packet')), 20);
  await until(() => troubles.length > 0, 5_000);
  await new Promise((resolve) => setTimeout(resolve, 200));
  clearInterval(sending);
  assert.equal(troubles, ['ECONNREFUSED']);
  outlet.close();
});

test.run();
