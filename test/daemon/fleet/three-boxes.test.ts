/** Three real boxes on one machine share one drop over MQTT. */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { BoxSnapshot } from '../../../daemon/model/snapshot.ts';
import { type Box, startBox, until } from '../../support/box.ts';
import { freePort } from '../../support/free-port.ts';
import { type Consumer, listen } from '../mqtt/support/consumer.ts';

const test = suite('three boxes of a fleet');

const PATIENCE_MS = 120_000;
const NAMES = ['corner', 'alley', 'market'] as const;

/** Idle, with simulated devices; the first one has the broker, and leads. */
function startFleetBox(name: string, port: number): Promise<Box> {
  const broker =
    name === 'corner' ? `mqtt.broker_port=${port}` : `mqtt.url=mqtt://127.0.0.1:${port}`;
  const fleet = ['fleet.name=tour', 'fleet.leader=corner'];
  return startBox([`box.name=${name}`, broker, ...fleet], ['demo', '--idle']);
}

async function command(consumer: Consumer, box: string, verb: string, args: object = {}) {
  const id = `${verb}-${consumer.received.length}`;
  const topic = `venuebox/v1/${box}/cmd/${verb}`;
  await consumer.client.publishAsync(topic, JSON.stringify({ id, args }), { qos: 1 });
  const replies = () => consumer.json(`${box}/reply`).filter((reply) => reply['id'] === id);
  const isOver = (reply: Record<string, unknown>) =>
    !/accepted|progress/.test(String(reply['status']));
  await until(
    () => replies().some(isOver),
    PATIENCE_MS,
    () => JSON.stringify(replies()),
  );
  assert.is(replies().find(isOver)?.['status'], 'done', JSON.stringify(replies()));
}

const stateOf = (box: Box) => box.state<BoxSnapshot>();
const shownBy = async (box: Box) => (await stateOf(box)).plannedDrops?.shown;
/** A box of the fleet, as another one sees it. */
const seenBy = async (box: Box, name: string) =>
  (await stateOf(box)).fleet?.boxes.find((one) => one.name === name);

async function everyBox(boxes: readonly Box[], check: (box: Box) => Promise<boolean>) {
  for (const box of boxes) await until(() => check(box), PATIENCE_MS, box.output);
}

test('the leader sets drop and start, each tells how ready it is, and one that dies is away', async () => {
  const port = await freePort();
  await using corner = await startFleetBox('corner', port);
  await using alley = await startFleetBox('alley', port);
  await using market = await startFleetBox('market', port);
  const boxes = [corner, alley, market];
  await everyBox(boxes, async (box) => {
    const { fleet } = await stateOf(box);
    return NAMES.every((name) => fleet?.boxes.some((one) => one.name === name && !one.isAway));
  });

  await using consumer = await listen(port, ['venuebox/v1/+/reply'], { protocolVersion: 4 });
  const day = new Date().getUTCFullYear() + 1;
  const friday = { do: 'set', id: 'friday', title: 'Friday Tour' };
  await command(consumer, 'corner', 'drops', { ...friday, starts_at: `${day}-01-01T20:00:00Z` });
  await everyBox(boxes, async (box) => (await shownBy(box))?.title === 'Friday Tour');
  assert.is((await shownBy(market))?.startsAt, `${day}-01-01T20:00:00Z`);

  await command(consumer, 'corner', 'drops', { ...friday, starts_at: `${day}-01-01T21:00:00Z` });
  await everyBox(boxes, async (box) => (await shownBy(box))?.startsAt === `${day}-01-01T21:00:00Z`);

  await command(consumer, 'alley', 'arm');
  await everyBox([corner, market], async (box) => {
    const seen = await seenBy(box, 'alley');
    return seen?.phase === 'armed' && seen.ready === 'ready' && seen.drop?.id === 'friday';
  });
  assert.is((await seenBy(corner, 'market'))?.ready, 'unchecked');

  alley.kill('SIGKILL');
  await everyBox([corner, market], async (box) => (await seenBy(box, 'alley'))?.isAway === true);

  await command(consumer, 'corner', 'drops', { do: 'remove', id: 'friday' });
  await everyBox([corner, market], async (box) => (await shownBy(box))?.id === '');
});

test.run();
