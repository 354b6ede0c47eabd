/** Bond and relay of ours over links as carriers make them, in network namespaces. */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { startBonded, twoOfThreeDie } from '../../../support/network/bonded.ts';

const test = suite('bond and relay in namespaces');

const skip = () => console.log('SKIPPED 1: this machine makes no network namespaces');

test('a link on which large packets vanish is left and named, and used again when they pass', async () => {
  await using bonded = await startBonded(2);
  if (bonded === undefined) return skip();
  const { network, link } = bonded;
  await bonded.reach(() => [0, 1].every((index) => link(index)?.state === 'active'));
  network.limitMtu(0, 1300);
  await bonded.reach(() => link(0)?.largePackets?.passedBytes === 1144);
  assert.is(link(0)?.state, 'stalled');
  assert.is(link(0)?.reason, 'packets of 1332 bytes vanish, of 1144 pass (MTU)');
  assert.is(link(1)?.state, 'active');
  assert.is(bonded.far().lost, 0);
  network.limitMtu(0, 1500);
  await bonded.reach(() => link(0)?.state === 'active');
  assert.is(bonded.far().lost, 0);
});

test('three links of IPv6 only, of which two die, then two others, beside 2 % loss: nothing is lost', async () => {
  await using bonded = await startBonded(3, { v6Links: 'all', isFiltered: true });
  if (bonded === undefined) return skip();
  bonded.network.lose(50);
  await twoOfThreeDie(bonded);
  assert.is(bonded.far().lost, 0);
  assert.not.match(bonded.output(), /routes (?:lost|not set)/);
});

test.run();
