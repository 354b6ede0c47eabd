/** Tests of the settings that child processes get from the config. */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import * as v from 'valibot';
import { dropSchema } from '../../../daemon/config/drop.ts';
import { parseConfig } from '../../../daemon/config/file.ts';
import { controlSchema } from '../../../daemon/config/metrics.ts';
import { panelSchema } from '../../../daemon/config/panel.ts';
import { powerSchema } from '../../../daemon/config/power.ts';
import { mediaSettings } from '../../../daemon/media/settings.ts';

const test = suite('config of the machine');

test('left out, each key has its default', () => {
  assert.equal(v.parse(controlSchema, {}), { socket: '' });
  assert.equal(v.parse(dropSchema, {}).resume_within_s, 1800);
  assert.equal(v.parse(powerSchema, {}), {
    board: 'auto',
    capacity_mah: 0,
    planned_minutes: 0,
    shut_down: 'machine',
    i2c_bus: 1,
    i2c_address: 0,
    current_reversed: false,
  });
  const panel = v.parse(panelSchema, {});
  assert.equal(panel.buttons.drop, { line: 'GPIO17', active_low: true, bias: 'pull-up' });
  assert.equal(panel.lamps['on-air'], { line: 'GPIO23', led: '', active_low: false });
});

test('the player is the captive portal of the box’s networks where it has port 80', () => {
  const portalOf = (yaml: string) => {
    const config = parseConfig('box.yaml', yaml, []);
    return mediaSettings(config, { hasSound: false }, '/state', '/preview', 1).server.portal;
  };
  const guests = 'network: {guests: {device: wlan0}}\n';
  const address = '10.42.0.1';
  assert.equal(portalOf(`${guests}viewers: {port: 80}`), { address, hasGuests: true });
  assert.is(portalOf(guests), undefined);
  assert.equal(portalOf('viewers: {port: 80}'), { address, hasGuests: false });
  assert.is(portalOf('viewers: {port: 80}\nnetwork: {hotspot: false}'), undefined);
});

test('no two of the panel have one line', () => {
  const { buttons, lamps } = v.parse(panelSchema, {});
  const lines = [...Object.values(buttons), ...Object.values(lamps)].map(({ line }) => line);
  assert.is(new Set(lines).size, lines.length);
});

const WRONG: readonly (readonly [v.GenericSchema, unknown, string])[] = [
  [dropSchema, { resume_within_s: -1 }, 'whole number from 0 to 86400'],
  [powerSchema, { shut_down: 'maybe' }, 'machine, program'],
  [powerSchema, { capacity_mah: 1.5 }, 'whole'],
  [panelSchema, { driver: 'usb' }, 'simulated, gpio, none'],
  [panelSchema, { buttons: { drop: { line: { chip: 'x' } } } }, 'GPIO17'],
  [panelSchema, { lamps: { disco: {} } }, 'never'],
  [controlSchema, { socket: 'x'.repeat(200) }, '100'],
];

for (const [schema, value, words] of WRONG) {
  test(`${JSON.stringify(value).slice(0, 50)} is refused with what it must be`, () => {
    const result = v.safeParse(schema, value);
    assert.not(result.success);
    assert.match(result.issues?.map(({ message }) => message).join() ?? '', words);
  });
}

test.run();
