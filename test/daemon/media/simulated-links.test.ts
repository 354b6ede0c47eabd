/** The demo's uplink: two links over loopback that the operator's page unplugs. */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { statusOf } from '../../support/ask.ts';
import { type Box, startBox, until } from '../../support/box.ts';
import { sendPanelAction } from '../../support/operator.ts';

const test = suite('simulated links');

const linksOf = async (box: Box) => {
  const links = (await statusOf(box)).uplink?.bond?.links ?? [];
  return Object.fromEntries(links.map((link) => [link.id, link]));
};

const plug = (box: Box, link: string, isOn: boolean) =>
  sendPanelAction(box.operatorUrl, { do: 'switch', name: `link-${link}`, isOn });

test('the demo sends over two links; what one carried goes over the other while it is unplugged', async () => {
  await using box = await startBox([], ['demo'], [], undefined, undefined, true);
  const shares = async () => {
    const { 'sim-a': a, 'sim-b': b } = await linksOf(box);
    return [a?.state === 'active' ? a.sharePct : 0, b?.state === 'active' ? b.sharePct : 0];
  };
  const isShared = async () => (await shares()).every((pct) => pct > 20);
  await until(isShared, 60_000, box.output);
  const isConnected = async () => (await statusOf(box)).uplink?.phase === 'connected';
  await until(isConnected, 30_000, box.output);
  const { uplink } = await statusOf(box);
  assert.ok((uplink?.bond?.links ?? []).every(({ rttMs = 1000 }) => rttMs < 200));

  await plug(box, 'sim-a', false);
  await until(
    async () => {
      const [a = 0, b = 0] = await shares();
      return a === 0 && b > 90;
    },
    20_000,
    box.output,
  );
  await until(isConnected, 30_000, box.output);
  await plug(box, 'sim-a', true);
  await until(isShared, 30_000, box.output);
  assert.is((await statusOf(box)).uplink?.srt?.droppedTotal, 0);
  assert.not.match(box.output(), 'routes not set');
});

test('without a drop nothing of the links runs, and they are shown as waiting', async () => {
  await using box = await startBox([], ['demo', '--idle'], [], undefined, undefined, true);
  await until(async () => (await fetch(box.url)).ok, 30_000, box.output);
  const { plannedLinks, uplink, children } = await statusOf(box);
  assert.equal(
    plannedLinks?.map(({ id }) => id),
    ['sim-a', 'sim-b'],
  );
  assert.is(uplink, undefined);
  assert.not.ok('relay' in children);
});

test.run();
