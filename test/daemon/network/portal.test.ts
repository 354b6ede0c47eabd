/** Phones on the guests' network are led to the player, and stay there. */
import { request } from 'node:http';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { runGuestsPortal } from '../../../daemon/network/portal.ts';
import { silentLog } from '../../../hal/os/log.ts';
import { until } from '../../support/box.ts';
import { freePort } from '../../support/free-port.ts';
import { VirtualClock } from '../../support/virtual-clock.ts';

const test = suite('the guests’ captive portal');

const LONG_MS = 60_000;
const PAGE = 'http://10.42.0.1:8080/';

function ask(port: number, host: string, path: string, agent = '') {
  return new Promise<string>((resolve) => {
    const sent = request(
      { host: '127.0.0.1', port, path, headers: { host, 'user-agent': agent } },
      (response) => {
        response.resume();
        resolve(`${response.statusCode} ${response.headers.location ?? ''}`.trim());
      },
    );
    sent.on('error', () => resolve(''));
    sent.end();
  });
}

test('a phone’s probe opens the page, and gets its yes once the page has been up for a while', async () => {
  const port = await freePort();
  const clock = new VirtualClock();
  const stop = new AbortController();
  const deps = { address: '127.0.0.1', port, pageUrl: PAGE, clock, log: silentLog };
  const ended = runGuestsPortal(deps, stop.signal);
  const probe = () => ask(port, 'connectivitycheck.gstatic.com', '/generate_204');
  const entry = `http://127.0.0.1:${port}/watch`;
  await until(async () => (await probe()) === `302 ${entry}`, LONG_MS);
  await clock.advance(600_000);
  await ask(port, '127.0.0.1', '/watch', 'CaptiveNetworkSupport-481.60.1 wispr');
  await clock.advance(600_000);
  assert.is(await probe(), `302 ${entry}`, 'its browser has not followed it yet');
  assert.is(await ask(port, '127.0.0.1', '/watch'), `302 ${PAGE}`);
  assert.is(await probe(), `302 ${entry}`, 'a yes would close the page again');
  await clock.advance(5_000);
  assert.is(await probe(), '204');
  assert.is(await ask(port, '127.0.0.1', '/watch?x'), `302 ${PAGE}`, 'the page stays in reach');
  stop.abort();
  await ended;
  assert.is(await probe(), '');
});

test('a port that is taken ends nothing', async () => {
  const stop = new AbortController();
  const deps = { address: '192.0.2.1', port: 80, pageUrl: PAGE };
  const ended = runGuestsPortal(
    { ...deps, clock: new VirtualClock(), log: silentLog },
    stop.signal,
  );
  await new Promise((resolve) => setTimeout(resolve, 50));
  stop.abort();
  await ended;
});

test.run();
