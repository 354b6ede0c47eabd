/**
 * Our bond with the receivers of others, and their senders with our relay, in namespaces.
 * SRTLA_RECEIVERS and SRTLA_SENDERS name the programs: see peer-programs.ts.
 */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { startBonded, twoOfThreeDie } from '../../../support/network/bonded.ts';
import { peerPrograms } from '../../../support/network/peer-programs.ts';

const test = suite('bond and relay with the programs of others');

const receivers = peerPrograms('SRTLA_RECEIVERS');
const senders = peerPrograms('SRTLA_SENDERS');
const skip = () => console.log('SKIPPED 1: this machine makes no network namespaces');

for (const { name, argv: relay } of receivers) {
  test(`${name}: three links, of which two die in turn, lose nothing`, async () => {
    await using bonded = await startBonded(3, { relay });
    if (bonded === undefined) return skip();
    await twoOfThreeDie(bonded);
    assert.is(bonded.far().lost, 0);
  });

  test(`${name}: a link on which large packets vanish is left and named`, async () => {
    await using bonded = await startBonded(2, { relay });
    if (bonded === undefined) return skip();
    const { network, link } = bonded;
    await bonded.reach(() => [0, 1].every((index) => link(index)?.state === 'active'));
    network.limitMtu(0, 1300);
    await bonded.reach(() => link(0)?.largePackets !== undefined);
    assert.is(link(0)?.state, 'stalled');
    network.limitMtu(0, 1500);
    await bonded.reach(() => link(0)?.state === 'active');
    assert.is(bonded.far().lost, 0);
  });
}

for (const { name, argv: sender } of senders) {
  test(`${name}: our relay joins its links, and either one alone carries on`, async () => {
    await using bonded = await startBonded(2, { sender });
    if (bonded === undefined) return skip();
    const { network } = bonded;
    await bonded.reach(() => bonded.venue().sent > 1_000);
    network.blackHole(0, true);
    await bonded.reach(() => true, 3_000);
    network.blackHole(0, false);
    await bonded.reach(() => true, 3_000);
    network.blackHole(1, true);
    await bonded.reach(() => true, 3_000);
  });
}

if (receivers.length + senders.length === 0) {
  console.log('SKIPPED 1: SRTLA_RECEIVERS and SRTLA_SENDERS name no programs');
}

test.run();
