/** Serial ports of modems that come back under another name. */
import { mkdirSync, mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { FollowedTty, placeOfTty, ttyAtPlace } from '../../../hal/modem/tty-place.ts';

const test = suite("a modem's serial port");

/** sysfs with serial ports, by their name: the USB interface that each is at. */
function machine() {
  const sys = mkdtempSync(join(tmpdir(), 'venuebox-tty-'));
  const remove = (name: string) => rmSync(join(sys, 'class/tty', name), { recursive: true });
  return {
    sys,
    remove,
    plug: (name: string, usb: string) => {
      const device = join(sys, 'devices', usb.replace(/:.*/, ''), usb);
      const port = name.startsWith('ttyUSB') ? join(device, name) : device;
      mkdirSync(port, { recursive: true });
      mkdirSync(join(sys, 'class/tty', name), { recursive: true });
      symlinkSync(port, join(sys, 'class/tty', name, 'device'));
    },
    [Symbol.dispose]: () => rmSync(sys, { recursive: true, force: true }),
  };
}

test('its place is the USB interface, of a serial converter and of an ACM device', async () => {
  using box = machine();
  const { sys, plug } = box;
  plug('ttyUSB902', '1-1.2:1.2');
  plug('ttyACM900', '1-1.3:1.0');
  plug('ttyS900', 'serial0');
  assert.match((await placeOfTty('/dev/ttyUSB902', sys)) ?? '', /1-1\.2:1\.2$/);
  const place = (await placeOfTty('/dev/ttyACM900', sys)) ?? '';
  assert.match(place, /1-1\.3:1\.0$/);
  assert.is(await ttyAtPlace(place, sys), '/dev/ttyACM900');
  assert.is(await placeOfTty('/dev/ttyS900', sys), undefined);
  assert.is(await placeOfTty('/dev/ttyUSB999', sys), undefined);
});

test('a modem that is back under another number is found; one that never answered is not', async () => {
  using box = machine();
  const { sys, plug, remove } = box;
  plug('ttyUSB902', '1-1.2:1.2');
  const port = new FollowedTty('/dev/ttyUSB902', sys);
  const stranger = new FollowedTty('/dev/ttyUSB902', sys);
  assert.is(await port.now(), '/dev/ttyUSB902');
  await port.answered('/dev/ttyUSB902');
  remove('ttyUSB902');
  assert.is(await port.now(), '/dev/ttyUSB902');
  plug('ttyUSB905', '1-1.2:1.2');
  // Another modem has its old name meanwhile.
  plug('ttyUSB902', '1-1.4:1.2');
  assert.is(await port.now(), '/dev/ttyUSB905');
  assert.is(await stranger.now(), '/dev/ttyUSB902');
  await port.answered('/dev/ttyUSB905');
  assert.is(await port.now(), '/dev/ttyUSB905');
});

test('a name that the machine has for it is taken as it is', async () => {
  using box = machine();
  const port = new FollowedTty('/dev/serial/by-id/usb-modem', box.sys);
  await port.answered('/dev/serial/by-id/usb-modem');
  assert.is(await port.now(), '/dev/serial/by-id/usb-modem');
});

test.run();
