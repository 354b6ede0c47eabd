/** Certificates that are not valid at this time. */
import { execFileSync, spawn } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { type AddressInfo, connect } from 'node:net';
import { join } from 'node:path';
import { createServer } from 'node:tls';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { describeInvalidity } from '../../../../daemon/mqtt/client/certificate.ts';
import { connectMqtt } from '../../../../daemon/mqtt/client/connect.ts';
import { MqttError } from '../../../../daemon/mqtt/client/connection.ts';
import { until } from '../../../support/box.ts';
import { freePort } from '../../../support/free-port.ts';
import { type Certificates, makeCertificates } from '../support/certificates.ts';
import { scratch } from '../support/mosquitto.ts';

const test = suite('certificates and the date');
const DAY_MS = 86_400_000;
const NOW_MS = Date.UTC(2026, 10, 29, 12);
const VALID = {
  name: 'broker',
  validFrom: 'Jan  5 00:00:00 2026 GMT',
  validTo: 'Dec  1 00:00:00 2026 GMT',
};

test('an expired one is named with its last day, one of the future with its first, and the date of the box', () => {
  const of = (wallMs: number) => describeInvalidity('the certificate', VALID, wallMs);
  assert.is(of(NOW_MS), undefined);
  assert.is(
    of(NOW_MS + 30 * DAY_MS),
    'the certificate expired on 1 December 2026; the box’s clock says 29 December 2026',
  );
  assert.is(
    of(0),
    'the certificate is valid from 5 January 2026 only; the box’s clock says 1 January 1970',
  );
});

/** The server's certificate again, with other dates. */
function redate({ ca, of }: Certificates, folder: string, from: string, to: string): void {
  const { cert } = of('server');
  const work = join(folder, 'ca');
  mkdirSync(work, { recursive: true });
  writeFileSync(join(work, 'index'), '');
  writeFileSync(join(work, 'serial'), '01\n');
  const settings = [
    ...['[ca]', 'default_ca=x', '[x]', `database=${work}/index`, `serial=${work}/serial`],
    ...[`new_certs_dir=${work}`, 'default_md=sha256', 'policy=p', 'unique_subject=no'],
    ...['[p]', 'commonName=supplied'],
  ];
  writeFileSync(join(work, 'conf'), `${settings.join('\n')}\n`);
  const key = ca.replace(/\.crt$/, '.key');
  const request = cert.replace(/\.crt$/, '.csr');
  execFileSync(
    'openssl',
    [
      ...['ca', '-batch', '-notext', '-config', join(work, 'conf'), '-cert', ca, '-keyfile', key],
      ...['-extfile', join(folder, 'server.ext'), '-startdate', from, '-enddate', to],
      ...['-in', request, '-out', cert],
    ],
    { stdio: ['ignore', 'ignore', 'pipe'] },
  );
}

for (const [what, from, to, wanted] of [
  ['expired', '20200101000000Z', '20210501000000Z', /server expired on 1 May 2021; the box’s/],
  ['from the future', '20900105000000Z', '20950101000000Z', /valid from 5 January 2090 only/],
] as const) {
  test(`a broker whose certificate is ${what} is named with the date`, async () => {
    using folder = scratch();
    const certificates = makeCertificates(folder.path, []);
    redate(certificates, folder.path, from, to);
    const { cert, key } = certificates.of('server');
    let bytes = 0;
    const server = createServer({ cert: readFileSync(cert), key: readFileSync(key) }, (socket) => {
      socket.on('error', () => undefined);
      socket.on('data', (chunk) => {
        bytes += chunk.length;
      });
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as AddressInfo;
    const will = { topic: 'a', payload: '', delayS: 1, qos: 1, isRetained: true } as const;
    const tls = { ca: readFileSync(certificates.ca) };
    const options = { ...{ host: '127.0.0.1', port, clientId: 'box', tls, will }, onMessage() {} };
    try {
      await connectMqtt(options, [5, 4], Date.now, new AbortController().signal);
      assert.unreachable();
    } catch (error) {
      assert.ok(error instanceof MqttError, String(error));
      assert.is(error.code, 'CERTIFICATE');
      assert.match(error.message, wanted);
    } finally {
      server.close();
    }
    assert.is(bytes, 0, 'something was sent to it');
  });
}

/** How connecting fails with a certificate of the box that is valid for two days, in a month. */
async function failing(certificates: Certificates, port: number): Promise<MqttError> {
  const { cert, key } = certificates.of('corner');
  const [ca, own] = [readFileSync(certificates.ca), readFileSync(cert)];
  const will = { topic: 'a', payload: '', delayS: 1, qos: 1, isRetained: true } as const;
  const options = {
    ...{ host: '127.0.0.1', port, clientId: 'box', will, onMessage: () => undefined },
    tls: { ca, cert: own, key: readFileSync(key) },
  };
  const inAMonth = () => Date.now() + 30 * DAY_MS;
  const { signal } = new AbortController();
  return await connectMqtt(options, [5, 4], inAMonth, signal).then(
    () => assert.unreachable() as never,
    (error: MqttError) => error,
  );
}

test('where the network is away that is the fault, and the box’s own expired certificate the second one', async () => {
  using folder = scratch();
  // Nothing listens there.
  const error = await failing(makeCertificates(folder.path, ['corner']), 1);
  assert.is(error.code, 'UNREACHABLE');
  assert.match(error.message, /ECONNREFUSED.*\. Besides, the box’s own certificate expired on/);
});

for (const version of ['-tls1_2', '-tls1_3']) {
  test(`a broker that refuses the box’s expired certificate is explained by its date: ${version}`, async () => {
    using folder = scratch();
    using other = scratch();
    const certificates = makeCertificates(folder.path, ['corner']);
    const { cert, key } = certificates.of('server');
    // It knows no client of this CA: it refuses as one does that finds it expired.
    const { ca } = makeCertificates(other.path, []);
    const port = await freePort();
    const broker = spawn('openssl', [
      ...['s_server', '-quiet', version, '-accept', `127.0.0.1:${port}`, '-cert', cert],
      ...['-key', key, '-CAfile', ca, '-Verify', '1', '-verify_return_error'],
    ]);
    try {
      await until(() => isListening(port), 30_000);
      const error = await failing(certificates, port);
      assert.is(error.code, 'CERTIFICATE', error.message);
      assert.match(error.message, /the box’s own certificate expired on/);
    } finally {
      broker.kill('SIGKILL');
    }
  });
}

function isListening(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1', () => {
      socket.destroy();
      resolve(true);
    });
    socket.once('error', () => resolve(false));
  });
}

test.run();
