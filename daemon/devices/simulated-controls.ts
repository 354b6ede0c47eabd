/** Buttons, switches and lamps of the simulated devices, for the operator's page of the demo. */
import type { SimulatedBattery } from '../../hal/battery/simulated.ts';
import { RHYTHMS, type RhythmName } from '../../hal/gpio/rhythm.ts';
import type { SimulatedGpio } from '../../hal/gpio/simulated.ts';
import type { SimulatedModems } from '../../hal/modem/simulated.ts';
import type { Clock } from '../../hal/os/clock.ts';
import type { SimulatedPrinter } from '../../hal/printer/simulated.ts';
import type { BoxSnapshot } from '../model/snapshot.ts';
import { LAMPS, type LampName, lampsOf } from '../panel/lamps.ts';
import type { PanelLamp, SimulatedPanel } from './simulated-panel.ts';

/** A camera or a sound source whose plug can be pulled. */
export interface Pluggable {
  setPlugged(isPlugged: boolean): void;
}

/** The simulated devices that are open. */
export interface SimulatedDevices {
  readonly camera?: Pluggable | undefined;
  readonly sound?: Pluggable | undefined;
  gpio?: SimulatedGpio;
  battery?: SimulatedBattery;
  printer?: SimulatedPrinter;
  modems?: SimulatedModems;
  links?: PluggableLinks;
}

/** The simulated links of the uplink. */
export interface PluggableLinks {
  readonly ids: readonly string[];
  isPlugged(id: string): boolean;
  setPlugged(id: string, isPlugged: boolean): void;
}

const BUTTONS = [
  { name: 'drop', label: 'Drop button' },
  { name: 'mark', label: 'MARK button' },
] as const;
const LAMP_LABELS: Readonly<Record<LampName, string>> = {
  power: 'Power',
  'on-air': 'On air',
  links: 'Links',
  sound: 'Sound',
  recording: 'Recording',
};

/** Each rhythm in words, as in the table of daemon/panel/README.md. */
const MEANINGS: Readonly<Record<RhythmName, string>> = {
  off: 'not in use',
  steady: 'working',
  flash: 'idle',
  blink: 'starting, checking, or silence',
  gap: 'ending, or working but check it',
  double: 'armed, or a warning',
  triple: 'battery almost empty, checks failed, or press refused',
  flicker: 'needs help now',
  longShort: 'unknown or broken',
};

/** The panel of the devices that are simulated at that moment. */
export function openSimulatedControls(devices: SimulatedDevices, clock: Clock): SimulatedPanel {
  const known = new WeakMap<object, readonly Switch[]>();
  const switches = () => switchesOf(devices, known);
  const lamps = openLamps(clock);
  const buttons = () => (devices.gpio === undefined ? [] : BUTTONS);
  const isButton = (button: string) => buttons().some(({ name }) => name === button);
  return {
    state: (box) => {
      const { gpio, battery } = devices;
      if (Object.values(devices).every((one) => one === undefined)) return undefined;
      return {
        buttons: buttons(),
        lamps: gpio === undefined ? [] : lamps(box),
        ...(battery === undefined ? {} : { battery: battery.state() }),
        switches: switches().map(({ name, label, isOn }) => ({ name, label, isOn: isOn() })),
      };
    },
    press: (button) => {
      if (isButton(button)) devices.gpio?.press(button);
      return isButton(button);
    },
    release: (button) => {
      if (isButton(button)) devices.gpio?.release(button);
      return isButton(button);
    },
    setCharge: (pct) => {
      devices.battery?.setCharge(pct);
      return devices.battery !== undefined;
    },
    setMains: (isOn) => {
      devices.battery?.setMains(isOn);
      return devices.battery !== undefined;
    },
    setSwitch: (name, isOn) => {
      const found = switches().find((other) => other.name === name);
      found?.set(isOn);
      return found !== undefined;
    },
  };
}

/** The lamps of a box, each with the time at which its rhythm started. */
function openLamps(clock: Clock): (box: BoxSnapshot) => readonly PanelLamp[] {
  const shown = new Map<LampName, { readonly rhythm: RhythmName; readonly sinceMs: number }>();
  return (box) => {
    const rhythms = lampsOf(box);
    return LAMPS.map((name) => {
      const rhythm = rhythms[name];
      const before = shown.get(name);
      const lamp = before?.rhythm === rhythm ? before : { rhythm, sinceMs: clock.wallMs() };
      shown.set(name, lamp);
      const [label, meaning] = [LAMP_LABELS[name], MEANINGS[rhythm]];
      return { name, label, rhythm: RHYTHMS[rhythm], meaning, sinceMs: lamp.sinceMs };
    });
  };
}

interface Switch {
  readonly name: string;
  readonly label: string;
  isOn(): boolean;
  set(isOn: boolean): void;
}

/** @param known Of each device: another one may take its place, by a change of the settings. */
function switchesOf(
  { camera, sound, gpio, battery, printer, links, modems }: SimulatedDevices,
  known: WeakMap<object, readonly Switch[]>,
): readonly Switch[] {
  const of = <Device extends object>(
    device: Device | undefined,
    open: (device: Device) => readonly Switch[],
  ) => {
    if (device === undefined) return [];
    const switches = known.get(device) ?? open(device);
    known.set(device, switches);
    return switches;
  };
  return [
    ...of(camera, (one) => [latch('camera', 'Camera', one.setPlugged)]),
    ...of(sound, (one) => [latch('sound', 'Sound', one.setPlugged)]),
    ...of(gpio, (one) => {
      const set = (isOn: boolean) => (isOn ? one.replug() : one.unplug());
      return [latch('panel', 'Buttons and lamps', set)];
    }),
    ...of(battery, (one) => {
      const set = (isOn: boolean) => one.breakWith(isOn ? undefined : 'simulated: unplugged');
      return [latch('battery', 'Battery board', set)];
    }),
    ...of(links, linkSwitches),
    ...of(printer, printerSwitches),
    ...of(modems, modemSwitches),
  ];
}

function linkSwitches(links: PluggableLinks): readonly Switch[] {
  return links.ids.map((id) => ({
    // A link and its modem have the same id.
    name: `link-${id}`,
    label: `Link ${id}`,
    isOn: () => links.isPlugged(id),
    set: (isOn: boolean) => links.setPlugged(id, isOn),
  }));
}

function modemSwitches(modems: SimulatedModems): readonly Switch[] {
  return modems.ids.map((id) => ({
    name: id,
    label: `Modem ${id}`,
    // The box resets a modem that hangs: then it is on again.
    isOn: () => !modems.isHung(id),
    set: (isOn: boolean) => modems.setHung(id, !isOn),
  }));
}

/** A new roll. */
export const ROLL_MM = 20_000;

function printerSwitches(printer: SimulatedPrinter): readonly Switch[] {
  return [
    latch('printer', 'Printer', printer.setPlugged),
    latch('printer-cover', 'Printer cover closed', (isOn) => printer.setCover(!isOn)),
    {
      name: 'printer-paper',
      label: 'Paper in printer',
      isOn: printer.hasPaper,
      set: (isOn) => printer.insertRoll(isOn ? ROLL_MM : 0),
    },
    latch('printer-status', 'Printer status', (isOn) => printer.setSilent(!isOn)),
  ];
}

/** A switch that stays where it was put; on at first. */
function latch(name: string, label: string, set: (isOn: boolean) => void): Switch {
  let isOn = true;
  return {
    name,
    label,
    isOn: () => isOn,
    set: (next) => {
      isOn = next;
      set(next);
    },
  };
}
