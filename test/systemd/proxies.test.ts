/** The examples for HAProxy, Varnish and Caddy, each in the real program in front of a real origin. */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { reply } from '../../pipelines/http/reply.ts';
import { until } from '../support/box.ts';
import { followTogether, openCountedOrigin } from '../support/counted-origin.ts';
import { freePort } from '../support/free-port.ts';
import { PROXIES, type ReverseProxy } from '../support/network/reverse-proxies.ts';
import { serve } from '../support/viewer-server.ts';

const test = suite('reverse proxies in front of a box');

const VIEWERS = 30;
const STEPS = 4;

function testProxy({ name, start }: ReverseProxy): void {
  const isCache = name === 'Varnish';
  const asks = isCache ? 'and each is one request at the box' : 'each held by the box';

  test(`${name}: viewers get each part and playlist as it comes, ${asks}`, async () => {
    await using origin = await openCountedOrigin();
    await using proxy = await start(origin.url);
    const live = () => origin.asked.filter((path) => path.startsWith('/live/')).length;
    const perStep = isCache ? 2 : 2 * VIEWERS;
    const wanted = { viewers: VIEWERS, steps: STEPS };
    const { statuses, parts } = await followTogether(proxy.url, origin, wanted, async (step) => {
      await until(() => live() === perStep * step, 20_000);
    });
    assert.equal([...statuses], [200]);
    assert.is(parts, VIEWERS * STEPS);
    assert.is(live(), perStep * STEPS);
  });

  test(`${name}: a part that was requested early is fetched again`, async () => {
    await using origin = await openCountedOrigin();
    await using proxy = await start(origin.url);
    const url = `${proxy.url}/live/high/${origin.next().msn + 1}.0.m4s`;
    assert.is((await fetch(url)).status, 404);
    origin.feed.run(2.5);
    assert.is((await fetch(url)).status, 200);
  });

  test(`${name}: the box makes links of the address that guests asked`, async () => {
    const port = await freePort();
    const text = { type: 'text/plain', cacheS: 0 };
    await using _ = await serve(
      ({ ownAddress }) => reply(200, [Buffer.from(ownAddress?.() ?? '')], text),
      port,
      { trustedProxies: ['127.0.0.1'] },
    );
    await using proxy = await start(`http://127.0.0.1:${port}`);
    assert.is(await (await fetch(`${proxy.url}/where`)).text(), proxy.url);
  });
}

for (const proxy of PROXIES) {
  // The one for nginx has tests of its own.
  if (proxy.name === 'nginx') continue;
  const missing = proxy.missing();
  if (missing === undefined) testProxy(proxy);
  else console.log(`SKIPPED 3: ${proxy.name}: there is no ${missing}`);
}

test.run();
