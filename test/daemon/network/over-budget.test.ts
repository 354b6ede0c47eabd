/** Interfaces of links whose data budget is used up. */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import * as v from 'valibot';
import { uplink as uplinkSchema } from '../../../daemon/config/uplink.ts';
import { overBudgetDevices } from '../../../daemon/network/over-budget.ts';
import { link, WELL } from '../../support/snapshot.ts';

const test = suite('interfaces of links over their data budget');

const { links } = v.parse(uplinkSchema, {
  ...{ host: 'far', port: 1 },
  links: [
    { id: '5g', device: 'wwan0', budget_mb_per_month: 10 },
    { id: 'lte', device: 'wwan1', budget_mb_per_month: 10 },
    { id: 'stick', address: '192.168.8.2', budget_mb_per_month: 10 },
    { id: 'cable', device: 'eth0' },
  ],
});
const USED = { '5g': 10e6, lte: 9e6, stick: 20e6, cable: 1e12 };
const addresses = () => new Map([['usb0', ['192.168.8.2']]]);
const of = (simByLink: Readonly<Record<string, number>>, box = {}) =>
  overBudgetDevices(
    links,
    { month: '2026-11', bytesByLink: USED, simByLink },
    { uplink: undefined, ...box },
    addresses,
  );

test('by the name in the config, or where the address is', () => {
  assert.equal(of({}), ['wwan0', 'usb0']);
  assert.equal(of({ lte: 1e6 }), ['wwan0', 'wwan1', 'usb0'], 'what the crew has used counts');
});

test('by the name that the interface has now', () => {
  const { uplink } = WELL;
  assert.ok(uplink?.bond);
  const bond = { ...uplink.bond, links: [{ ...link('5g', 'stalled'), device: 'wwan4' }] };
  assert.equal(of({}, { uplink: { ...uplink, bond } }), ['wwan4', 'usb0']);
});

test.run();
