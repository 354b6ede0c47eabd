/** Which modem carries which link. */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { joinLinks, modemOf } from '../../../daemon/model/linked-modems.ts';
import { fakeLink, fakeSnapshot } from '../web/support/fake-snapshot.ts';

const test = suite('modems of links');

test('a link finds its modem by interface, and a modem without a link is shown too', () => {
  const { modems } = fakeSnapshot();
  const uplink = { bond: { links: [fakeLink('wwan1'), fakeLink('eth0')] } } as never;
  assert.equal(
    joinLinks({ uplink, modems }).map(({ id, link, modem }) => [id, link?.id, modem?.operator]),
    [
      ['wwan1', 'wwan1', 'Rot'],
      ['eth0', 'eth0', undefined],
      ['wwan0', undefined, 'Blau'],
    ],
  );
  assert.equal(joinLinks({ uplink: undefined, modems: { phase: 'absent' } }), []);
});

test('before a drop the links of the config are shown, each with its modem', () => {
  const { modems } = fakeSnapshot();
  const plannedLinks = [
    { id: 'blue', device: 'wwan0' },
    { id: 'cable', device: 'eth0' },
  ];
  const rowsOf = (uplink?: never) =>
    joinLinks({ uplink, modems, plannedLinks }).map(({ id, link, modem, isConfigured }) => [
      id,
      link?.id,
      modem?.operator,
      isConfigured,
    ]);
  assert.equal(rowsOf(), [
    ['blue', undefined, 'Blau', true],
    ['cable', undefined, undefined, true],
    ['wwan1', undefined, 'Rot', false],
  ]);
  assert.equal(rowsOf({ bond: { links: [fakeLink('blue')] } } as never)[0], [
    'blue',
    'blue',
    'Blau',
    true,
  ]);
});

test('a link with any name has the modem that the config gives it', () => {
  const { modems } = fakeSnapshot();
  const uplink = { bond: { links: [fakeLink('red'), fakeLink('blue')] } } as never;
  const known = modems.phase === 'known' ? modems.modems : [];
  const modemMaintenance = known.map(({ id, model, interfaceName }) => ({
    id,
    model,
    link: interfaceName === 'wwan1' ? 'red' : 'blue',
  }));
  assert.equal(
    joinLinks({ uplink, modems, modemMaintenance }).map(({ id, modem }) => [id, modem?.operator]),
    [
      ['red', 'Rot'],
      ['blue', 'Blau'],
    ],
  );
  // Although another one has its name.
  const named = {
    modems,
    modemMaintenance: [{ id: known[1]?.id ?? '', model: '', link: 'wwan0' }],
  };
  assert.is(modemOf({ modems }, 'wwan0')?.id, known[0]?.id);
  assert.is(modemOf(named, 'wwan0')?.id, known[1]?.id);
});

test.run();
