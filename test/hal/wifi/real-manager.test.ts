/** The box's networks on Ethernet ports by Debian's own NetworkManager, in namespaces. */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { systemClock } from '../../../hal/os/clock.ts';
import { openNetworkManager } from '../../../hal/wifi/network-manager.ts';
import { until } from '../../support/box.ts';
import { openCabledBox, whyNoCabledBox } from '../../support/network/cabled-box.ts';

const test = suite('networks by a real NetworkManager');

const LONG_MS = 120_000;
const PORT = { device: 'eth1', address: '10.42.77.1', ssid: '', password: '' };
const CREW = { role: 'crew', ...PORT } as const;
const { signal } = new AbortController();
const codeOf = (work: Promise<unknown>) =>
  work.then(
    () => 'none',
    (error: { readonly code?: string }) => error.code ?? String(error),
  );

const reason = whyNoCabledBox();
if (reason !== undefined) console.log(`SKIPPED 1: ${reason}`);
else {
  test('a cable counts once it has an address; the crew’s port gives out some, again and again, and leaves nothing', async () => {
    await using at = await openCabledBox();
    const network = openNetworkManager(systemClock, at.address);
    const explain = () => at.log();
    assert.is(await codeOf(network.openShared(CREW, signal)), 'GONE', 'no cable in it');
    assert.is(await codeOf(network.openShared({ ...CREW, device: 'eth7' }, signal)), 'NOT_FOUND');
    assert.is(await codeOf(network.scan(signal)), 'NOT_FOUND', 'no Wi-Fi card');
    await until(async () => (await network.look(signal)).hasCable, LONG_MS, explain);
    const seen = { hasCable: true, wifi: 'absent', knowsWifi: false, cables: ['eth0'] };
    assert.equal(await network.look(signal), seen);
    assert.match(at.run('box', 'ip', '-4', 'addr', 'show', 'eth0'), /inet 192\.0\.2\.\d+\/24/);

    at.run('crew', 'ip', 'link', 'set', 'lan0', 'up');
    const isOpen = async () => (await codeOf(network.openShared(CREW, signal))) === 'none';
    await until(isOpen, LONG_MS, explain);
    assert.equal([...(await network.shared(signal))], [['crew', 'eth1']]);
    const { ip, router, dns } = at.lease();
    assert.match(ip ?? '', /^10\.42\.77\.\d+$/, at.log());
    assert.equal([router, dns], ['10.42.77.1', '10.42.77.1'], at.log());

    assert.is(await network.isShared(CREW, signal), true);
    // At once, and once more over itself: a profile of the same id is left each time.
    await network.closeShared('crew', signal);
    await network.openShared(CREW, signal);
    await network.openShared(CREW, signal);
    await network.closeShared('crew', signal);
    assert.equal([...(await network.shared(signal))], []);
    const isBare = () => !at.run('box', 'ip', '-4', 'addr', 'show', 'eth1').includes('10.42.77');
    await until(isBare, LONG_MS, explain);
    assert.is((await network.look(signal)).hasCable, true);
  });
}

test.run();
