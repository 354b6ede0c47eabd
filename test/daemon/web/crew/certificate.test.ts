/** The certificate that the crew uploads: what is taken, what is refused with why, and what the box does with it. */
import { execFileSync } from 'node:child_process';
import { readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { DropPhase } from '../../../../daemon/model/snapshot.ts';
import { checkCertificate } from '../../../../daemon/web/crew/certificate.ts';
import { CertificateStore } from '../../../../daemon/web/crew/certificate-store.ts';
import { openTestSettings, testFolder } from '../../settings/support.ts';
import { makeChain } from '../support/certificate-chain.ts';

const test = suite('uploaded certificate');

const DAY_MS = 86_400_000;

const openssl = (...args: string[]) =>
  execFileSync('openssl', args, { stdio: ['ignore', 'pipe', 'ignore'] }).toString();

function faultOf(text: string, nowMs = Date.now() + DAY_MS): string {
  const checked = checkCertificate(text, nowMs);
  return 'fault' in checked ? checked.fault : 'none';
}

test('certificates come in any order, also around text, and leave in the order of TLS with their key', () => {
  using chain = makeChain();
  const { root, between, own } = chain;
  const inOrder = [own.cert, between.cert, root.cert];
  for (const parts of [
    [...inOrder, own.key],
    ['Bag Attributes\n', root.cert, own.key, 'and\r\n', own.cert, between.cert, own.cert],
    [own.key, ...inOrder].map((part) => part.replaceAll('\n', '\r\n')),
  ]) {
    const checked = checkCertificate(parts.join(''), Date.now() + DAY_MS);
    assert.ok('pem' in checked);
    assert.is(checked.pem, [...inOrder, own.key].join(''));
    const { names, issuer, hasChain, untilMs } = checked.facts;
    assert.equal(names, ['live.example.org', '*.box.example', '10.0.0.5']);
    assert.equal([issuer, hasChain], ['Tests Signed Here', true]);
    assert.ok(untilMs > Date.now() + 8 * DAY_MS && untilMs < Date.now() + 10 * DAY_MS);
  }
  const alone = checkCertificate(own.cert + own.key, undefined);
  assert.is('facts' in alone && alone.facts.hasChain, false, 'what phones may refuse is said');
});

test('what is wrong has a reason of its own', () => {
  using chain = makeChain();
  const { at, make, root, between, own } = chain;
  const names = ['-addext', 'subjectAltName=DNS:localhost'];
  assert.is(faultOf(''), 'no-certificate');
  assert.is(faultOf('\x30\x82\x01\x0a\x02'), 'no-certificate', 'DER');
  assert.is(faultOf(own.key), 'no-certificate');
  assert.is(faultOf(own.cert), 'no-key');
  assert.is(faultOf(own.cert + root.key), 'key-other');
  assert.is(faultOf(own.cert + root.cert + own.key), 'stray', 'the one between is missing');
  assert.is(faultOf(own.cert.repeat(11) + own.key), 'stray');
  const cut = own.cert.replace(/\n[^\n]+\n-----END/, '\n-----END');
  assert.is(faultOf(cut + own.key), 'damaged');
  assert.is(
    faultOf(`${own.cert}-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----`),
    'damaged',
  );
  const all = own.cert + between.cert + own.key;
  assert.is(faultOf(all, Date.now() + 10 * DAY_MS), 'expired');
  assert.is(faultOf(all, Date.now() - DAY_MS), 'too-early');
  assert.ok(
    'pem' in checkCertificate(all, undefined),
    'by a clock that is not set nothing is refused',
  );
  const nameless = make('nameless', '/CN=box', []);
  assert.is(faultOf(nameless.cert + nameless.key), 'no-names');
  const edwards = make('edwards', '/CN=box', names, ['-newkey', 'ed25519']);
  assert.is(faultOf(edwards.cert + edwards.key), 'key-kind');
  const short = make('short', '/CN=box', names, ['-newkey', 'rsa:1024']);
  assert.is(faultOf(short.cert + short.key), 'weak');
  const locked = openssl('pkcs8', '-topk8', '-in', at('own.key'), '-passout', 'pass:secret');
  assert.is(faultOf(own.cert + locked), 'key-encrypted');
  const traditional = ['ec', '-in', at('own.key'), '-aes128', '-passout', 'pass:secret'];
  assert.is(faultOf(own.cert + openssl(...traditional)), 'key-encrypted');
});

async function openStore(yaml = '', phase: () => DropPhase = () => 'idle') {
  const opened = await testFolder();
  const { folder } = opened;
  const { live, settings, shownOf } = openTestSettings(await opened.load(yaml), folder, { phase });
  const file = join(folder, 'certificate.pem');
  const nowMs = () => Date.now() + DAY_MS;
  const store = new CertificateStore({ file, settings, config: live.current, nowMs });
  return {
    file,
    live,
    settings,
    store,
    shownOf,
    [Symbol.asyncDispose]: opened[Symbol.asyncDispose],
  };
}

test('both servers get it by their settings; a renewed one takes its place; removed, its key is gone', async () => {
  using chain = makeChain();
  await using box = await openStore();
  const { store, live, file } = box;
  const { between, own } = chain;
  assert.equal(await store.state(), { uploaded: null, isLocked: false });
  const put = await store.put(own.cert + own.key);
  assert.ok(put.status === 'done');
  assert.equal(put.saved.differences.map(({ path }) => path).toSorted(), [
    'operator.tls',
    'viewers.tls',
  ]);
  const { operator, viewers } = live.current();
  assert.equal(operator.tls, { cert_file: file, key_file: file });
  assert.equal(viewers.tls, { port: 8443, cert_file: file, key_file: file });
  assert.is(statSync(file).mode & 0o777, 0o600);
  assert.is((await store.state()).guestsPort, 8443);
  const renewed = await store.put(own.cert + between.cert + own.key);
  assert.ok(renewed.status === 'done');
  assert.equal(renewed.saved.differences, [], 'a server takes the file by itself');
  assert.is((await store.state()).uploaded?.hasChain, true);
  assert.not.match(JSON.stringify(await store.state()), 'PRIVATE');
  assert.is((await store.remove()).status, 'done');
  assert.equal([live.current().operator.tls, live.current().viewers.tls], [undefined, undefined]);
  assert.throws(() => statSync(file), 'ENOENT');
});

test('what the config file names stays, and the other one alone is changed', async () => {
  using chain = makeChain();
  const tls = 'tls: { cert_file: /etc/hostname, key_file: /etc/hostname }';
  await using box = await openStore(`operator: { ${tls} }`);
  const { cert, key } = chain.own;
  assert.is((await box.store.put(cert + key)).status, 'done');
  assert.is(box.live.current().operator.tls?.key_file, '/etc/hostname');
  assert.is(box.live.current().viewers.tls?.key_file, box.file);
  await using locked = await openStore(`operator: { ${tls} }\nviewers: { ${tls} }`);
  assert.equal(await locked.store.put(cert + key), { status: 'rejected', fault: 'locked' });
  assert.throws(() => statSync(locked.file), 'ENOENT');
});

test('one that is refused leaves the one before; settings that refuse it say why', async () => {
  using chain = makeChain();
  await using box = await openStore();
  const { own, root } = chain;
  await box.store.put(own.cert + own.key);
  const before = readFileSync(box.file, 'utf8');
  assert.equal(await box.store.put(own.cert + root.key), {
    status: 'rejected',
    fault: 'key-other',
  });
  assert.is(readFileSync(box.file, 'utf8'), before);
  await using other = await openStore('operator: { port: 8443 }');
  const refused = await other.store.put(own.cert + own.key);
  assert.ok(refused.status === 'rejected' && refused.fault === 'refused');
  assert.match(refused.reason ?? '', '8443');
  assert.throws(() => statSync(other.file), 'ENOENT');
});

test('in a drop no address changes: the first one is refused, a renewed one taken, none removed', async () => {
  using chain = makeChain();
  const { own, between } = chain;
  for (const locked of ['', 'viewers: { tls: { cert_file: /a, key_file: /a } }']) {
    let phase: DropPhase = 'live';
    await using box = await openStore(locked, () => phase);
    const { store, file } = box;
    const inDrop = { status: 'rejected', fault: 'in-drop' };
    assert.equal(await store.put(own.cert + own.key), inDrop);
    assert.throws(() => statSync(file), 'ENOENT');
    assert.is(box.live.current().operator.tls, undefined);
    phase = 'idle';
    assert.is((await store.put(own.cert + own.key)).status, 'done');
    phase = 'live';
    assert.is((await store.put(own.cert + between.cert + own.key)).status, 'done');
    assert.is((await store.state()).uploaded?.hasChain, true);
    assert.equal(await store.remove(), { status: 'rejected', fault: 'in-use' });
    assert.ok(readFileSync(file, 'utf8').includes('PRIVATE KEY'));
    assert.is(box.live.current().operator.tls?.key_file, file);
  }
});

test('a try says which settings would name it, and leaves all as it was', async () => {
  using chain = makeChain();
  await using box = await openStore();
  const { cert, key } = chain.own;
  const changes = ['viewers.tls', 'operator.tls'];
  assert.equal(await box.store.put(cert + key, true), { status: 'planned', changes });
  assert.equal(await box.store.state(), { uploaded: null, isLocked: false });
  await box.store.put(cert + key);
  assert.equal(await box.store.put(cert + key, true), { status: 'planned', changes: [] });
});

test('a file that was damaged on the disk is shown as none, and the next one takes its place', async () => {
  using chain = makeChain();
  await using box = await openStore();
  await box.store.put(chain.own.cert + chain.own.key);
  writeFileSync(box.file, 'torn');
  assert.is((await box.store.state()).uploaded, null);
  assert.is((await box.store.put(chain.own.cert + chain.own.key)).status, 'done');
  assert.ok((await box.store.state()).uploaded !== null);
});

test.run();
