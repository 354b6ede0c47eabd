/** The receiver's address: one for the complete bond, another when no link registers. */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { ReceiverAddress } from '../../../../pipelines/bond/net/receiver-address.ts';

const test = suite('address of the receiver');

/** A name whose records can change, and whose order changes with each look-up. */
function openName(addresses: string[]) {
  let turn = 0;
  const records = { addresses };
  const address = new ReceiverAddress('relay.test', async () => {
    const found = records.addresses;
    if (found.length === 0) throw Object.assign(new Error('unknown'), { code: 'ENOTFOUND' });
    turn += 1;
    return found.map((_, index) => found[(index + turn) % found.length] ?? '');
  });
  return { records, address };
}

const from = (sourceAddress: string) => ({ sourceAddress });

const [FIRST, SECOND] = ['10.0.0.1', '10.0.0.2'];

test('all links go to one of several addresses', async () => {
  const { address } = openName([FIRST, SECOND]);
  const links = ['10.1.0.2', '10.2.0.2', '10.3.0.2', '10.4.0.2'];
  const used = await Promise.all(links.map((source) => address.resolve(from(source))));
  assert.is(new Set(used).size, 1);
});

test('the next address is used when no link has registered for 8 s, and not before', async () => {
  const { address } = openName([FIRST, SECOND]);
  const used = await address.resolve(from('10.1.0.2'));
  assert.not.ok(address.check(false, 0));
  assert.not.ok(address.check(false, 7900));
  assert.ok(address.check(false, 8000));
  assert.is.not(await address.resolve(from('10.1.0.2')), used);
  assert.not.ok(address.check(true, 20_000));
  assert.not.ok(address.check(false, 27_000));
  assert.ok(address.check(false, 28_000));
  assert.is(await address.resolve(from('10.1.0.2')), used);
});

test('a name that moved is followed once no link is registered', async () => {
  const { address, records } = openName([FIRST]);
  await address.resolve(from('10.1.0.2'));
  records.addresses = [SECOND];
  assert.is(await address.resolve(from('10.2.0.2')), FIRST, 'others still use it');
  address.check(false, 0);
  assert.ok(address.check(false, 8000));
  assert.is(await address.resolve(from('10.1.0.2')), SECOND);
});

test('a carrier that names a page of its own for every name keeps no other link from the receiver', async () => {
  const PAGE = '10.64.0.1';
  const address = new ReceiverAddress('relay.test', async (_, { sourceAddress }) =>
    sourceAddress === '10.1.0.2' ? [PAGE] : [FIRST],
  );
  assert.is(await address.resolve(from('10.1.0.2')), PAGE, 'it answers first');
  await address.resolve(from('10.2.0.2'));
  // Its link looks the name up again last, each time.
  await address.resolve(from('10.1.0.2'));
  address.check(false, 0);
  assert.ok(address.check(false, 8_000));
  assert.is(await address.resolve(from('10.2.0.2')), FIRST);
  address.check(true, 9_000);
  assert.is(await address.resolve(from('10.1.0.2')), FIRST, 'all links go to one of them');
});

test('after an outage the address where links were registered has two thirds of the time', async () => {
  const PAGES = ['10.64.0.1', '10.64.0.2'];
  const records: Record<string, string[]> = { '10.1.0.2': PAGES, '10.2.0.2': [FIRST] };
  const address = new ReceiverAddress(
    'relay.test',
    async (_, { sourceAddress }) => records[sourceAddress] ?? [],
  );
  for (const source of ['10.2.0.2', '10.1.0.2']) await address.resolve(from(source));
  const links = [{ slot: 0, sourceAddress: '10.2.0.2', isIn: true, isUnknown: false }];
  address.check(true, 0);
  address.checkFamilies(links, 0);
  const tried: string[] = [];
  for (let turn = 1; turn <= 6; turn += 1) {
    address.check(false, 8_000 * turn);
    tried.push(await address.resolve(from('10.2.0.2')));
  }
  assert.equal(tried, [FIRST, PAGES[0], FIRST, FIRST, PAGES[1], FIRST]);
  // The name has it no longer.
  records['10.2.0.2'] = [SECOND];
  await address.resolve(from('10.2.0.2'));
  address.check(false, 56_000);
  assert.is.not(await address.resolve(from('10.2.0.2')), FIRST);
});

test('two modems that give the same address have an answer each', async () => {
  const address = new ReceiverAddress('relay.test', async (_, { sourcePort }) =>
    sourcePort === 61_000 ? [FIRST] : ['10.64.0.1'],
  );
  const modem = (sourcePort: number) => ({ sourceAddress: '192.168.8.100', sourcePort });
  for (const port of [61_000, 61_016]) await address.resolve(modem(port));
  const tried = new Set<string>();
  for (const nowMs of [0, 8_000, 16_000]) {
    address.check(false, nowMs);
    tried.add(await address.resolve(modem(61_016)));
  }
  assert.equal([...tried].toSorted(), [FIRST, '10.64.0.1']);
});

test('a look-up that fails leaves the address as it was', async () => {
  const { address, records } = openName([FIRST]);
  await address.resolve(from('10.1.0.2'));
  records.addresses = [];
  assert.is(await address.resolve(from('10.1.0.2')), FIRST);
  address.check(false, 0);
  assert.not.ok(address.check(false, 8000), 'there is no other');
});

test('a name that was never found is a fault, with its code', async () => {
  const { address } = openName([]);
  const code = await address.resolve(from('10.1.0.2')).catch((error) => error.code);
  assert.is(code, 'ENOTFOUND');
});

test('links of both families have an address each', async () => {
  const records: Record<string, string[]> = { '10.1.0.2': [FIRST], 'fd00::2': ['fd00::1'] };
  const address = new ReceiverAddress(
    'relay.test',
    async (_, { sourceAddress }) => records[sourceAddress] ?? [],
  );
  assert.is(await address.resolve(from('10.1.0.2')), FIRST);
  assert.is(await address.resolve(from('fd00::2')), 'fd00::1');
});

/** Two networks of IPv6 only, and what their links reach the receiver by. */
const PREFIXES: Record<string, string> = { 'fd00:a::2': '2001:db8:a::', 'fd00:b::2': '64:ff9b::' };

test('networks of IPv6 only reach one and the same receiver of IPv4, each by its own prefix', async () => {
  let turn = 0;
  let isDown = false;
  const address = new ReceiverAddress('relay.test', async (name, { sourceAddress }) => {
    if (isDown) throw Object.assign(new Error('away'), { code: 'EAI_AGAIN' });
    if (name !== 'relay.test') return [`${PREFIXES[sourceAddress] ?? ''}${name}`];
    turn += 1;
    return turn % 2 === 0 ? [FIRST, SECOND] : [SECOND, FIRST];
  });
  const reached = async () => [
    await address.resolve(from('10.1.0.2')),
    await address.resolve(from('fd00:a::2')),
    await address.resolve(from('fd00:b::2')),
  ];
  const expected = [SECOND, `2001:db8:a::${SECOND}`, `64:ff9b::${SECOND}`];
  assert.equal(await reached(), expected);
  isDown = true;
  assert.equal(await reached(), expected, 'a look-up that fails leaves the address as it was');
  address.check(false, 0);
  assert.ok(address.check(false, 8000));
  isDown = false;
  assert.equal(await reached(), [FIRST, `2001:db8:a::${FIRST}`, `64:ff9b::${FIRST}`]);
});

test('where the families lead to different receivers, the one that does not know the bond goes on', async () => {
  const records: Record<string, string[]> = {
    '10.1.0.2': [FIRST, SECOND],
    'fd00::2': ['fd00::bad', 'fd00::1'],
  };
  const address = new ReceiverAddress(
    'relay.test',
    async (_, { sourceAddress }) => records[sourceAddress] ?? [],
  );
  for (const source of Object.keys(records)) await address.resolve(from(source));
  const links = (isUnknown: boolean, isServed = true) => [
    { slot: 0, sourceAddress: '10.1.0.2', isIn: isServed, isUnknown: false },
    { slot: 1, sourceAddress: 'fd00::2', isIn: false, isUnknown },
  ];
  assert.equal(address.checkFamilies(links(true), 0), []);
  assert.equal(address.checkFamilies(links(true), 7_900), []);
  assert.equal(address.checkFamilies(links(true), 8_000), [1]);
  assert.is(await address.resolve(from('fd00::2')), 'fd00::1');
  assert.is(await address.resolve(from('10.1.0.2')), FIRST, 'the others stay');
  // No answer is no sign of another receiver, and without any link all go on together.
  for (const nowMs of [20_000, 40_000]) {
    assert.equal(address.checkFamilies(links(false), nowMs), []);
    assert.equal(address.checkFamilies(links(true, false), nowMs + 1), []);
  }
});

test('a name with addresses of IPv6 only is known as such, also by links that have an IPv4 address', async () => {
  const records: { v4: string[]; v6: string[] } = { v4: [], v6: ['2001:db8::9'] };
  const address = new ReceiverAddress('relay.test', async (_, { sourceAddress }, family) => {
    const found = (family ?? (sourceAddress.includes(':') ? 6 : 4)) === 6 ? records.v6 : records.v4;
    if (found.length === 0) throw Object.assign(new Error('none'), { code: 'ENOTFOUND' });
    return found;
  });
  const fromV4 = () => address.resolve(from('10.1.0.2')).catch(({ code }) => code);
  assert.is(await fromV4(), 'ENOTFOUND');
  assert.is(address.isV6Only, true);
  assert.is(await address.resolve(from('2001:db8::2')), '2001:db8::9');
  assert.is(address.isV6Only, true);
  records.v4 = ['192.0.2.9'];
  assert.is(await fromV4(), '192.0.2.9');
  assert.is(address.isV6Only, false);
  const nowhere = new ReceiverAddress('typo.test', async () => {
    throw Object.assign(new Error('none'), { code: 'ENOTFOUND' });
  });
  await nowhere.resolve(from('10.1.0.2')).catch(() => undefined);
  assert.is(nowhere.isV6Only, false);
});

test.run();
