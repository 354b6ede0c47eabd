/** What a machine says against new settings, before they are saved. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { parseConfig } from '../../../../daemon/config/file.ts';
import { openRefusals } from '../../../../daemon/web/crew/refusals.ts';
import { listen } from '../../../../hal/os/listen.ts';
import { freePort } from '../../../support/free-port.ts';
import { makeLocalhostTls } from '../../../support/localhost-tls.ts';

const test = suite('what the machine says against new settings');

const LOCAL = ['viewers.host=127.0.0.1', 'operator.host=127.0.0.1', 'metrics.host=127.0.0.1'];
const configOf = (...overrides: readonly string[]) =>
  parseConfig('box.yaml', '', [...LOCAL, ...overrides]);
const BEFORE = configOf();
const refusalsOf = (inForce: ReturnType<typeof configOf>) =>
  openRefusals({ ...checked, live: { current: () => inForce } });
const checked = {
  source: {
    check: async ({ encoder }) => {
      if (encoder.driver === 'v4l2h264enc') throw new Error('GStreamer has none of it');
    },
  },
} satisfies Partial<Parameters<typeof openRefusals>[0]>;
const refusals = refusalsOf(BEFORE);

test('an encoder that it does not have is refused beside its field; others are not asked for', async () => {
  const faults = await refusals(BEFORE, configOf('encoder.driver=v4l2h264enc'));
  assert.equal(faults, [{ path: 'encoder.driver', reason: 'GStreamer has none of it' }]);
  assert.equal(await refusals(BEFORE, configOf('encoder.driver=x264enc')), []);
  const before = configOf('encoder.driver=v4l2h264enc');
  assert.equal(await refusals(before, configOf('encoder.driver=v4l2h264enc', 'drop.title=A')), []);
});

test('a port of another program is refused, one of the box itself and a free one are not', async () => {
  const server = createServer();
  const taken = await freePort();
  await listen(server, '127.0.0.1', taken);
  try {
    for (const key of ['viewers.port', 'operator.port', 'metrics.port', 'mqtt.broker_port']) {
      const [fault, ...more] = await refusals(BEFORE, configOf(`${key}=${taken}`));
      assert.equal([fault?.path, more], [key, []]);
      assert.match(fault?.reason ?? '', `port ${taken} is used by another program`);
      assert.equal(await refusals(BEFORE, configOf(`${key}=${await freePort()}`)), []);
    }
    // The box has it now, and gives it from one of its servers to another.
    const own = configOf(`viewers.port=${taken}`);
    assert.equal(await refusals(own, configOf(`operator.port=${taken}`)), []);
  } finally {
    server.close();
  }
});

test('a port that waits for the end of a drop can be taken back: the box still has it', async () => {
  const server = createServer();
  const now = await freePort();
  await listen(server, '127.0.0.1', now);
  try {
    const inForce = configOf(`viewers.port=${now}`);
    const saved = configOf(`viewers.port=${await freePort()}`);
    assert.equal(await refusalsOf(inForce)(saved, inForce), []);
  } finally {
    server.close();
  }
});

test('an address that this machine does not have is refused beside its field', async () => {
  for (const key of ['viewers.host', 'operator.host']) {
    // RFC 5737: of documents.
    const [fault, ...more] = await refusals(BEFORE, configOf(`${key}=192.0.2.77`));
    assert.equal([fault?.path, more], [key, []]);
    assert.match(fault?.reason ?? '', 'this machine has no address 192.0.2.77');
    assert.equal(await refusals(BEFORE, configOf(`${key}=0.0.0.0`)), []);
  }
});

test('a certificate that is none, or of another key, is refused', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'venuebox-refusals-'));
  try {
    const [one, other] = [makeLocalhostTls(), makeLocalhostTls()];
    const files = { cert: one.cert, key: one.key, other: other.key, none: Buffer.from('none') };
    for (const [name, bytes] of Object.entries(files)) writeFileSync(join(folder, name), bytes);
    const configWith = (cert: string, key: string) =>
      configOf(`operator.tls={cert_file: ${join(folder, cert)}, key_file: ${join(folder, key)}}`);
    assert.equal(await refusals(BEFORE, configWith('cert', 'key')), []);
    for (const [cert, key] of [
      ['cert', 'other'],
      ['none', 'key'],
      ['cert', 'none'],
      ['missing', 'key'],
    ] as const) {
      const faults = await refusals(BEFORE, configWith(cert, key));
      assert.equal(
        faults.map(({ path }) => path),
        ['operator.tls'],
        `${cert} ${key}`,
      );
    }
    // Of a port that stays, too: its server is restarted, and ends with a file that was damaged meanwhile.
    const tls = `{port: 8443, cert_file: ${join(folder, 'none')}, key_file: ${join(folder, 'key')}}`;
    const served = configOf(`viewers.tls=${tls}`);
    const after = configOf(`viewers.tls=${tls}`, 'viewers.window_s=60');
    const [fault] = await refusals(served, after);
    assert.is(fault?.path, 'viewers.tls');
    assert.equal(await refusals(served, configOf(`viewers.tls=${tls}`, 'drop.title=Next')), []);
  } finally {
    rmSync(folder, { recursive: true });
  }
});

test.run();
