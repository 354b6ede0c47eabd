/** A box that shows another box's stream: two real boxes, a real browser. */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { BoxSnapshot } from '../../../daemon/model/snapshot.ts';
import { ask, statusOf } from '../../support/ask.ts';
import { type Box, programsOf, startBox, until } from '../../support/box.ts';
import { openChromium, seeFrames, waitInPage } from '../../support/chromium.ts';
import { freePort } from '../../support/free-port.ts';

const test = suite('edge box');

const TIME = 'document.querySelector("video").currentTime';

const startEdge = (upstream: string, overrides: readonly string[] = []) =>
  startBox([`edge.upstream=${upstream}`, ...overrides]);

const edgeOf = async (box: Box) => (await box.state<BoxSnapshot>()).media?.edge;

test('guests of its page watch the other box, over a kill -9 of that one’s media and of its own', async () => {
  await using origin = await startBox(['drop.title=The other room']);
  await origin.ready();
  await using edge = await startEdge(origin.url);
  await edge.ready();
  await using browser = await openChromium();
  const page = await browser.open(`${edge.url}/`);
  const outside: string[] = [];
  page.on('request', (request) => {
    if (!request.url().startsWith(edge.url) && !request.url().startsWith('blob:'))
      outside.push(request.url());
  });
  await waitInPage(page, `${TIME} > 0`);
  await seeFrames(page, { shown: 20, read: 6 });
  await waitInPage(page, 'document.title === "The other room"');
  const counted = async () => (await edge.state<BoxSnapshot>()).media?.viewers;
  await until(async () => (await counted())?.viewers === 1, 60_000);
  await until(
    async () => Object.keys((await counted())?.latencyMsByRendition ?? {}).length === 1,
    60_000,
  );
  for (const { url } of [origin, edge]) {
    for (const path of ['/', '/player.js', '/drop.json', '/nothing', '/live/nothing/1.m4s']) {
      const reply = await fetch(`${url}${path}`);
      await reply.arrayBuffer();
      assert.match(reply.headers.get('cache-status') ?? '', /^venuebox/, `${url}${path}`);
    }
    for (const method of ['OPTIONS', 'DELETE', 'POST']) {
      const reply = await fetch(`${url}/beacon`, { method });
      assert.match(reply.headers.get('cache-status') ?? '', /^venuebox; fwd=m/, method);
    }
  }
  process.kill(origin.childPid('media') ?? 0, 'SIGKILL');
  await seeFrames(page, { shown: 30, read: 6 });
  const [own = 0] = programsOf(edge.pid);
  process.kill(own, 'SIGKILL');
  await page.waitForTimeout(1_000);
  await seeFrames(page, { shown: 30, read: 6 });
  assert.not(programsOf(edge.pid).includes(own));
  assert.equal(outside, []);
});

test('it needs no camera and no sound card, and runs one child', async () => {
  await using edge = await startEdge('http://127.0.0.1:1', [
    'camera.driver=v4l2',
    'camera.device=/dev/video99',
    'sound.driver=alsa',
    'sound.device=hw:CARD=nope',
  ]);
  await until(async () => (await fetch(`${edge.url}/`)).status === 200, 60_000, edge.output);
  assert.is(programsOf(edge.pid).length, 1);
  assert.is((await fetch(`${edge.url}/live/index.m3u8`)).status, 503);
  const { title } = (await (await fetch(`${edge.url}/drop.json`)).json()) as { title: string };
  assert.is(title, 'Live');
});

test('it reports how its upstream is: live, away with a warning, and back', async () => {
  const [port, metricsPort] = [await freePort(), await freePort()];
  const upstream = `http://127.0.0.1:${port}`;
  await using edge = await startEdge(upstream, [`metrics.port=${metricsPort}`]);
  const away = async () =>
    (await edge.state<BoxSnapshot>()).warnings.some(({ key }) => key === 'edge-upstream-away');
  await until(away, 60_000, edge.output);
  await using _origin = await startBox([`viewers.port=${port}`]);
  await until(async () => (await edgeOf(edge))?.upstream.phase === 'live', 60_000);
  await until(async () => !(await away()), 60_000);
  await (await fetch(`${edge.url}/live/mid/index.m3u8`)).text();
  const box = await statusOf(edge);
  assert.is(box.drop.phase, 'idle');
  assert.equal(Object.keys(box.children), ['media']);
  assert.match(await ask(edge, 'status'), /edge of +http:\/\/127.0.0.1:\d+, live/);
  const metrics = await (await fetch(`http://127.0.0.1:${metricsPort}/metrics`)).text();
  assert.match(metrics, 'venuebox_edge_upstream_state{state="live"} 1');
  assert.match(metrics, /venuebox_edge_upstream_requests_total [1-9]/);
});

test('drops are made where the camera is: it says so, and begins none by itself', async () => {
  await using edge = await startEdge('http://127.0.0.1:1');
  await until(async () => (await fetch(`${edge.url}/`)).status === 200, 60_000, edge.output);
  for (const verb of ['go-live', 'arm', 'mark']) {
    const said = await ask(edge, 'cmd', verb).catch((error: { stdout: string }) => error.stdout);
    assert.match(said, 'rejected (UNSUPPORTED): this box shows the stream of another one');
  }
  assert.is((await statusOf(edge)).drop.phase, 'idle');
});

test('a taken port is one clear line and exit code 1', async () => {
  await using origin = await startBox();
  await origin.ready();
  const { port } = new URL(origin.url);
  await using edge = await startEdge('http://127.0.0.1:1', [
    `viewers.port=${port}`,
    'log.level=error',
  ]);
  assert.is(await edge.ended, 1);
  assert.match(edge.output(), `venuebox: viewers' port ${port} on 127.0.0.1: another program`);
});

test.run();
