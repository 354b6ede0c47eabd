/** The venue's Wi-Fi of a box that is set up: chosen by the crew, by the code of the set-up. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { until } from '../../../support/box.ts';
import { OWN_PAGE, signIn } from '../../../support/operator.ts';
import { startNewBox } from '../support/first-boot.ts';
import { ask, openEvents } from '../support/http.ts';

const test = suite('another Wi-Fi after the set-up');

const NETWORKS = [{ ssid: 'Cafe Central', strength: 83, password: 'espresso1' }];

test('the crew sees the networks and joins one; one that fails brings no set-up back', async () => {
  await using at = await startNewBox(NETWORKS);
  const { url } = at.box;
  const headers = { ...OWN_PAGE, cookie: '' };
  const post = (path: string, body: object) =>
    fetch(`${url}${path}`, { method: 'POST', headers, body: JSON.stringify(body) });
  const entered = await post('/setup/session', {});
  headers.cookie = entered.headers.getSetCookie()[0]?.split(';')[0] ?? '';
  const join = (ssid: string, password = '') => post('/setup/join', { ssid, password });
  assert.is((await join('Cafe Central', 'espresso1')).status, 404, 'the set-up has its own end');
  await at.firstBoot.setUp.finish();
  const choices = async () => {
    const response = await fetch(`${url}/setup/networks`, { headers });
    return (await response.json()) as { networks: { ssid: string }[]; missed: object };
  };
  assert.equal(
    (await choices()).networks.map(({ ssid }) => ssid),
    ['Cafe Central'],
  );
  const devices = await fetch(`${url}/setup/devices`, { headers });
  assert.match(await devices.text(), 'USB Audio Device', 'it may be plugged in after the set-up');
  assert.is((await join('', '')).status, 400);
  assert.is((await fetch(`${url}/setup/join`, { method: 'POST', headers: OWN_PAGE })).status, 401);

  assert.is((await join('Cafe Central', 'a-wrong-one')).status, 200);
  await until(async () => 'notJoined' in (await choices()).missed, 60_000);
  assert.equal((await choices()).missed, { notJoined: 'Cafe Central', why: 'password' });
  await until(() => at.firstBoot.hotspot.isOpen, 60_000);
  assert.ok(at.firstBoot.setUp.isFinished);
  assert.is((await post('/setup/session', {})).status, 403);

  const [answer, other] = await Promise.all([
    join('Cafe Central', 'espresso1'),
    join('Cafe Central', 'espresso1'),
  ]);
  const both = [answer, other].toSorted((a, b) => a.status - b.status);
  assert.equal(
    both.map(({ status }) => status),
    [200, 409],
  );
  assert.equal(await both[1]?.json(), { error: 'busy' });
  const handOver = (await both[0]?.json()) as object;
  assert.equal({ ...handOver, url: '' }, { ssid: 'Cafe Central', url: '' }, 'no PIN is shown');
  await until(() => at.fake.joined() === 'Cafe Central', 60_000);
  await until(() => at.firstBoot.setUp.progress.phase === 'finished', 60_000);
  assert.is(at.at.restarts, 0);
});

test('a page that somebody has signed in to keeps the hotspot open, and its phone on it', async () => {
  await using at = await startNewBox(NETWORKS);
  const { url, folder } = at.box;
  const { hotspot, setUp } = at.firstBoot;
  const probe = async () => {
    const path = `http://127.0.0.1:${at.portal.port}/hotspot-detect.html`;
    return (await ask(path, 'GET', { host: 'captive.apple.com' })).status;
  };
  const entered = await fetch(`${url}/setup/session`, { method: 'POST', headers: OWN_PAGE });
  const cookie = entered.headers.getSetCookie()[0]?.split(';')[0] ?? '';
  {
    using page = await openEvents(url, cookie);
    assert.is(page.status, 200);
    assert.ok(hotspot.clients.hasPage);
    assert.is(await probe(), 302, 'the portal’s window stays open for the set-up');
  }
  await until(() => !hotspot.clients.hasPage, 60_000);
  await setUp.finish();
  {
    using page = await openEvents(url, cookie);
    assert.is(page.status, 200);
    assert.is(await probe(), 200);
  }
  await until(() => !hotspot.clients.hasPage, 60_000);
  // The hotspot is opened again on another day.
  hotspot.clients.forget();
  assert.is(await probe(), 302);
  assert.is(hotspot.clients.usedMs, undefined, 'a probe is no use of it');
  await signIn(url, readFileSync(join(folder, 'operator-pin'), 'utf8').trim());
  assert.is(await probe(), 200);
  assert.is((await fetch(`${url}/library`, { headers: { cookie } })).status, 200);
  assert.ok(hotspot.clients.usedMs !== undefined, 'a request with a session is');
});

test.run();
