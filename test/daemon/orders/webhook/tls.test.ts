/** Signed orders by HTTPS, with a certificate that is renewed. */
import { mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { request } from 'node:https';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { followCertificate, openTlsServer } from '../../../../daemon/orders/webhook/certificate.ts';
import { silentLog } from '../../../../hal/os/log.ts';
import { makeLocalhostTls } from '../../../support/localhost-tls.ts';

const test = suite('the webhook by HTTPS');

function filesOf() {
  const folder = mkdtempSync(join(tmpdir(), 'venuebox-webhook-'));
  const files = { cert_file: join(folder, 'cert'), key_file: join(folder, 'key') };
  const write = ({ cert, key }: { cert: Buffer; key: Buffer }) => {
    writeFileSync(files.cert_file, cert);
    writeFileSync(files.key_file, key);
  };
  return { files, write };
}

function ask(port: number, ca: Buffer): Promise<number> {
  return new Promise((resolve, reject) => {
    const sent = request({ host: 'localhost', port, ca, agent: false }, (response) => {
      response.resume();
      resolve(response.statusCode ?? 0);
    });
    sent.on('error', reject);
    sent.end();
  });
}

test('a renewed certificate is used for new connections, and a broken one is not', async () => {
  const { files, write } = filesOf();
  const first = makeLocalhostTls();
  write(first);
  const server = openTlsServer(files, {});
  server.on('request', (_request, response) => response.writeHead(204).end());
  await new Promise<void>((resolve) => server.listen(0, 'localhost', resolve));
  const { port } = server.address() as AddressInfo;
  const ending = new AbortController();
  const following = followCertificate(server, files, silentLog, ending.signal, 20);
  assert.is(await ask(port, first.cert), 204);
  const second = makeLocalhostTls();
  write(second);
  let status = 0;
  for (let i = 0; i < 600 && status !== 204; i += 1) {
    await new Promise((resolve) => setTimeout(resolve, 100));
    status = await ask(port, second.cert).catch(() => 0);
  }
  assert.is(status, 204);
  write({ cert: Buffer.from('none'), key: Buffer.from('none') });
  await new Promise((resolve) => setTimeout(resolve, 100));
  assert.is(await ask(port, second.cert), 204);
  // As a folder that was closed: the file cannot even be looked at.
  rmSync(files.cert_file);
  symlinkSync('cert', files.cert_file);
  await new Promise((resolve) => setTimeout(resolve, 100));
  assert.is(await ask(port, second.cert), 204);
  ending.abort();
  await following;
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
});

test('a certificate that is none ends the start, and says which key it is', () => {
  const { files, write } = filesOf();
  assert.throws(
    () => openTlsServer(files, {}),
    (error: Error) => error.message.startsWith('orders.webhook.tls: '),
  );
  write({ cert: Buffer.from('none'), key: Buffer.from('none') });
  assert.throws(
    () => openTlsServer(files, {}),
    (error: Error) => error.message.startsWith('orders.webhook.tls: '),
  );
});

test.run();
