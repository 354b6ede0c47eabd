/** The uploaded certificate over HTTP, on the page, and as what the page is served with. */
import { existsSync, writeFileSync } from 'node:fs';
import { request } from 'node:https';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { until } from '../../../support/box.ts';
import { axeFaults } from '../../../support/browser/axe.ts';
import { savePicture } from '../../../support/browser/picture.ts';
import { openChromium, waitInPage } from '../../../support/chromium.ts';
import { freePort } from '../../../support/free-port.ts';
import { OWN_PAGE, signIn } from '../../../support/operator.ts';
import { makeChain } from '../support/certificate-chain.ts';
import { startFakeBox } from '../support/fake-box.ts';
import { ask } from '../support/http.ts';
import { has, openPage, says } from '../support/page.ts';

const test = suite('uploaded certificate on the page');

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

test('on the page an update is stopped, a certificate removed, a wrong choice explained, and a right one leads to the page’s new address', async () => {
  using chain = makeChain();
  await using box = await startFakeBox();
  const file = join(box.folder, 'certificate.pem');
  writeFileSync(file, chain.own.cert + chain.own.key);
  // Its own port may be another box's here.
  const tls = { port: await freePort(), cert_file: chain.at('own'), key_file: chain.at('own.key') };
  const headers = { ...OWN_PAGE, cookie: await signIn(box.url) };
  const { tag } = JSON.parse((await ask(`${box.url}/settings`, 'GET', headers)).text);
  const wish = { changes: { 'viewers.tls': tls }, tag, isTry: false };
  const saved = await ask(`${box.url}/settings`, 'POST', headers, wish);
  assert.is(JSON.parse(saved.text).status, 'saved');
  await using browser = await openChromium({ width: 360, height: 740 });
  const page = await openPage(browser, box.url);
  box.set({ update: { version: '1.0.0', step: { what: 'installing', ratio: 0.4 } } });
  await waitInPage(page, '!document.querySelector("#update > button")?.hidden');
  await page.click('#update > button');
  await until(async () => box.commands.length > 0, 60_000);
  assert.equal(
    box.commands.map(({ verb, args }) => ({ verb, args })),
    [{ verb: 'update', args: { stop: true } }],
  );
  await page.click('#open-settings');
  await waitInPage(page, has('#certificate .hint'));
  await page.click('#certificate summary');
  await page.click('#certificate button');
  await page.click('dialog .danger');
  await waitInPage(page, '!document.querySelector("#certificate button:not([hidden])")');
  assert.not(existsSync(file), 'its key is gone');
  await waitInPage(page, has('#certificate .hint'));
  await page.click('#certificate summary');
  const choose = (...names: readonly string[]) =>
    page.setInputFiles('#certificate-files', names.map(chain.at));
  await choose('own', 'root.key');
  await waitInPage(page, says('#certificate [role=status]', 'belongs to another certificate'));
  assert.equal(await axeFaults(page), []);
  await savePicture(page.locator('#certificate'), 'operator-certificate');
  await choose('own', 'between', 'own.key');
  await waitInPage(page, says('dialog p', 'This page moves to an https address'));
  await page.click('dialog .danger');
  await waitInPage(page, says('#settings .bar', 'This page is now at https://127.0.0.1:'));
  assert.equal(page.faults, []);
});

test.run();
