/** The certificate that the crew uploads: what is taken, what is refused with why, and what the box does with it. */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { request } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { DropPhase } from '../../../../daemon/model/snapshot.ts';
import { checkCertificate } from '../../../../daemon/web/crew/certificate.ts';
import { CertificateStore } from '../../../../daemon/web/crew/certificate-store.ts';
import { until } from '../../../support/box.ts';
import { axeFaults } from '../../../support/browser/axe.ts';
import { savePicture } from '../../../support/browser/picture.ts';
import { openChromium, waitInPage } from '../../../support/chromium.ts';
import { freePort } from '../../../support/free-port.ts';
import { OWN_PAGE, signIn } from '../../../support/operator.ts';
import { openTestSettings, testFolder } from '../../settings/support.ts';
import { startFakeBox } from '../support/fake-box.ts';
import { ask } from '../support/http.ts';
import { has, openPage, says } from '../support/page.ts';

const test = suite('uploaded certificate');

const DAY_MS = 86_400_000;
const EC = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256'];

interface Made {
  readonly cert: string;
  readonly key: string;
}

/** A root, one between, and a certificate of `live.example.org`, as an authority makes them. */
function makeChain() {
  const folder = mkdtempSync(join(tmpdir(), 'venuebox-chain-'));
  const at = (name: string) => join(folder, name);
  const make = (name: string, subject: string, more: readonly string[], kind = EC): Made => {
    const files = ['-keyout', at(`${name}.key`), '-out', at(name)];
    const request = ['req', '-x509', ...kind, '-nodes', '-days', '9', '-subj', subject];
    execFileSync('openssl', [...request, ...files, ...more], { stdio: 'ignore' });
    return { cert: readFileSync(at(name), 'utf8'), key: readFileSync(at(`${name}.key`), 'utf8') };
  };
  const by = (name: string) => ['-CA', at(name), '-CAkey', at(`${name}.key`)];
  const names = ['-addext', 'subjectAltName=DNS:live.example.org,DNS:*.box.example,IP:10.0.0.5'];
  const notCa = ['-addext', 'basicConstraints=critical,CA:FALSE'];
  const root = make('root', '/O=Root of Tests', []);
  const between = make('between', '/O=Tests Signed Here/CN=T1', by('root'));
  const own = make('own', '/CN=live.example.org', [...by('between'), ...names, ...notCa]);
  return {
    at,
    make,
    root,
    between,
    own,
    [Symbol.dispose]: () => rmSync(folder, { recursive: true }),
  };
}

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

test('in a drop guests get it after the end, and one that they are served with stays until then', async () => {
  using chain = makeChain();
  let phase: DropPhase = 'live';
  await using box = await openStore('', () => phase);
  const put = await box.store.put(chain.own.cert + chain.own.key);
  assert.ok(put.status === 'done' && 'waiting' in put.saved);
  assert.equal(put.saved.waiting, ['viewers.tls']);
  phase = 'idle';
  await box.store.remove();
  await box.store.put(chain.own.cert + chain.own.key);
  phase = 'live';
  assert.equal(await box.store.remove(), { status: 'rejected', fault: 'in-use' });
  assert.ok(readFileSync(box.file, 'utf8').includes('PRIVATE KEY'));
  assert.is(box.live.current().viewers.tls?.key_file, box.file);
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

test('the page opens under each name of its certificate, and under no other', async () => {
  using chain = makeChain();
  const { own, between, root } = chain;
  const file = chain.at('served');
  writeFileSync(file, own.cert + between.cert + own.key);
  await using box = await startFakeBox({ config: { tls: { cert_file: file, key_file: file } } });
  const statusAt = (host: string) =>
    new Promise<number>((resolve, reject) => {
      const headers = { host: `${host}:${new URL(box.url).port}` };
      const options = { headers, ca: root.cert, servername: 'live.example.org', agent: false };
      request(`${box.url.replace('http:', 'https:')}/state.json`, options, (response) => {
        response.resume();
        resolve(response.statusCode ?? 0);
      })
        .once('error', reject)
        .end();
    });
  await until(async () => (await statusAt('live.example.org')) === 401, 60_000);
  assert.is(await statusAt('www.box.example'), 401, 'it asks for the PIN');
  for (const other of ['evil.example', 'a.live.example.org', 'live.example.org.evil.example']) {
    assert.is(await statusAt(other), 421, other);
  }
});

test('only who has signed in sends one, 64 kB at most', async () => {
  using chain = makeChain();
  await using box = await startFakeBox();
  const send = async (body: string, headers: Readonly<Record<string, string>>) =>
    await fetch(`${box.url}/certificate`, { method: 'PUT', headers, body });
  const { cert, key } = chain.own;
  assert.is((await send(cert + key, OWN_PAGE)).status, 401);
  const headers = { ...OWN_PAGE, cookie: await signIn(box.url) };
  assert.equal(await (await send('x'.repeat(65 * 1024), headers)).json(), {
    ...{ status: 'rejected', fault: 'no-certificate' },
  });
  assert.equal(await (await send(cert, headers)).json(), { status: 'rejected', fault: 'no-key' });
  const shown = await fetch(`${box.url}/certificate`, { headers });
  assert.equal(await shown.json(), { uploaded: null, isLocked: false });
});

test('on the page a wrong choice is explained, and a right one leads to the page’s new address', async () => {
  using chain = makeChain();
  await using box = await startFakeBox();
  // Its own port may be another box's here.
  const tls = { port: await freePort(), cert_file: chain.at('own'), key_file: chain.at('own.key') };
  const headers = { ...OWN_PAGE, cookie: await signIn(box.url) };
  const { tag } = JSON.parse((await ask(`${box.url}/settings`, 'GET', headers)).text);
  const wish = { changes: { 'viewers.tls': tls }, tag, isTry: false };
  const saved = await ask(`${box.url}/settings`, 'POST', headers, wish);
  assert.is(JSON.parse(saved.text).status, 'saved');
  await using browser = await openChromium({ width: 360, height: 740 });
  const page = await openPage(browser, box.url);
  await page.click('#open-settings');
  await waitInPage(page, has('#certificate .hint'));
  await page.click('#certificate summary');
  const choose = (...names: readonly string[]) =>
    page.setInputFiles('#certificate-files', names.map(chain.at));
  await choose('own', 'root.key');
  await waitInPage(page, says('#certificate [role=status]', 'belongs to another certificate'));
  assert.equal(await axeFaults(page), []);
  await savePicture(page.locator('#certificate'), 'operator-certificate');
  await choose('own', 'between', 'own.key');
  await waitInPage(page, says('#settings .bar', 'This page is now at https://127.0.0.1:'));
  assert.equal(page.faults, []);
});

test.run();
