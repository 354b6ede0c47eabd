/** `venuebox doctor` with all hardware. */
import { constants } from 'node:fs';
import { open } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { examine } from '../../daemon/cli/doctor/doctor.ts';
import { PARTS, renderReport } from '../../daemon/cli/doctor/report.ts';
import { parseConfig } from '../../daemon/config/file.ts';
import { systemClock } from '../../hal/os/clock.ts';
import { listUsbPrinters } from '../../hal/printer/transport/usb-printers.ts';
import { loadI2cStub, makeGpioChip, put, until } from './support/kernel.ts';
import { makePrinter } from './support/usb-gadget.ts';

const test = suite('lab: venuebox doctor with all hardware');

const parameters = '/sys/module/test_power/parameters';
const bus = await loadI2cStub();
const chip = makeGpioChip({ 17: 'START', 22: 'LAMP' });
makePrinter();
put(`${parameters}/ac_online`, 'off');
put(`${parameters}/usb_online`, 'off');
put(`${parameters}/battery_status`, 'discharging');
put(`${parameters}/battery_capacity`, '7');

/** The printer's own end: it takes what comes, and answers nothing. */
async function takeBytes(signal: AbortSignal): Promise<void> {
  const bytes = Buffer.alloc(131_072);
  while (!signal.aborted) {
    const flags = constants.O_RDONLY | constants.O_NONBLOCK;
    // ENODEV until the host has chosen the gadget's interface.
    const device = await open('/dev/g_printer0', flags).catch(() => undefined);
    while (device !== undefined && !signal.aborted) {
      await device.read(bytes).catch(() => undefined);
      await sleep(20);
    }
    await device?.close();
    await sleep(20);
  }
}

test('it finds each device through its driver, and reports what is wrong with it', async () => {
  const stop = new AbortController();
  const taken = takeBytes(stop.signal);
  await until('the printer', async () => (await listUsbPrinters()).length === 1);
  const settings = ['camera.driver=v4l2', 'camera.device=platform:vivid-000'];
  // GStreamer's are those of the host, and slow to ask here.
  const parts = PARTS.filter((part) => part !== 'encoders');
  const config = parseConfig('doctor', '', settings);
  const report = await examine(config, '/tmp', parts, systemClock, AbortSignal.timeout(90_000));
  stop.abort();
  await taken;
  console.log(renderReport(report, '').replace(/^/gm, '    '));
  const said = (part: string) => {
    const found = report.parts.find((one) => one.part === part);
    const { lines = [], findings = [] } = found ?? {};
    return [...lines, ...findings.map(({ severity, what }) => `${severity} ${what}`)].join('\n');
  };
  assert.match(said('camera'), /v4l2 \S+ \(\/dev\/video\d\): vivid; .*3840x2160/);
  assert.not.match(said('camera'), 'wrong');
  assert.match(said('sound'), /hw:CARD=Loopback,DEV=1.*S16_LE.* 1-32 channels/);
  assert.match(said('buttons'), 'pinctrl-sim: 28 lines, none in use');
  assert.match(said('battery'), `/dev/i2c-${bus}`);
  assert.match(said('battery'), /power_supply test_battery: 7 %.*mains off/);
  assert.match(said('battery'), /wrong the battery is at 7 % and the mains are off/);
  assert.match(said('printer'), /\/dev\/usb\/lp0: LAB TM-LAB, usb:\S+; answers no status/);
  assert.match(said('system'), /Software Watchdog, \d+ s, not used/);
});

test('its lines are free again at the end', () => {
  chip.remove();
});

test.run();
