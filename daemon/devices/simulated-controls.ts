/** Buttons, switches and lamps of the simulated devices, for the operator's page of the demo. */
import type { SimulatedBattery } from '../../hal/battery/simulated.ts';
import { RHYTHMS, type RhythmName } from '../../hal/gpio/rhythm.ts';
import type { SimulatedGpio } from '../../hal/gpio/simulated.ts';
import type { SimulatedModems } from '../../hal/modem/simulated.ts';
import type { Clock } from '../../hal/os/clock.ts';
import type { SimulatedPrinter } from '../../hal/printer/simulated.ts';
import type { PanelConfig } from '../config/panel.ts';
import type { BoxSnapshot } from '../model/snapshot.ts';
import { LAMPS, type LampName, lampsOf } from '../panel/lamps.ts';
import type { PanelLamp, SimulatedPanel } from './simulated-panel.ts';

/** A camera or a sound source whose plug can be pulled. */
export interface Pluggable {
  setPlugged(isPlugged: boolean): void;
}

/** The simulated devices that are open. */
export interface SimulatedDevices {
  camera?: Pluggable;
  sound?: Pluggable;
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

const BUTTON_LABELS = { drop: 'Drop button', mark: 'MARK button' } as const;
const LAMP_LABELS: Readonly<Record<LampName, string>> = {
  power: 'Power',
  'on-air': 'On air',
  links: 'Links',
  sound: 'Sound',
  recording: 'Recording',
};

/** Each rhythm in words, as in the README's table. */
const MEANINGS: Readonly<Record<RhythmName, string>> = {
  off: 'not in use',
  steady: 'working',
  wink: 'ready',
  blink: 'starting or ending',
  gap: 'working, with a note',
  double: 'a warning',
  triple: 'battery almost empty, or press refused',
  flicker: 'needs help now',
  longShort: 'unknown or broken',
};

/** The panel of the simulated devices; undefined where none is simulated. */
export function openSimulatedControls(
  devices: SimulatedDevices,
  panel: PanelConfig,
  clock: Clock,
): SimulatedPanel | undefined {
  if (Object.keys(devices).length === 0) return undefined;
  const { gpio, battery } = devices;
  const buttons = gpio === undefined ? [] : buttonsOf(panel);
  const fixed = fixedSwitches(devices);
  const ofPrinter = new WeakMap<SimulatedPrinter, readonly Switch[]>();
  const switches = () => [...fixed, ...changingSwitches(devices, ofPrinter)];
  const lamps = gpio === undefined ? () => [] : openLamps(clock);
  const isButton = (button: string) => buttons.some(({ name }) => name === button);
  return {
    state: (box) => ({
      buttons,
      lamps: lamps(box),
      ...(battery === undefined ? {} : { battery: battery.state() }),
      switches: switches().map(({ name, label, isOn }) => ({ name, label, isOn: isOn() })),
    }),
    press: (button) => {
      if (isButton(button)) gpio?.press(button);
      return isButton(button);
    },
    release: (button) => {
      if (isButton(button)) gpio?.release(button);
      return isButton(button);
    },
    setCharge: (pct) => {
      battery?.setCharge(pct);
      return battery !== undefined;
    },
    setMains: (isOn) => {
      battery?.setMains(isOn);
      return battery !== undefined;
    },
    setSwitch: (name, isOn) => {
      const found = switches().find((other) => other.name === name);
      found?.set(isOn);
      return found !== undefined;
    },
  };
}

function buttonsOf({ buttons }: PanelConfig) {
  const names = Object.keys(buttons) as (keyof typeof BUTTON_LABELS)[];
  return names.map((name) => ({ name, label: BUTTON_LABELS[name] }));
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

function fixedSwitches({ camera, sound, gpio, battery, links }: SimulatedDevices) {
  const switches: Switch[] = [];
  if (camera) switches.push(latch('camera', 'Camera', camera.setPlugged));
  if (sound) switches.push(latch('sound', 'Sound', sound.setPlugged));
  if (gpio) {
    const set = (isOn: boolean) => (isOn ? gpio.replug() : gpio.unplug());
    switches.push(latch('panel', 'Buttons and lamps', set));
  }
  if (battery) {
    const set = (isOn: boolean) => battery.breakWith(isOn ? undefined : 'simulated: unplugged');
    switches.push(latch('battery', 'Battery board', set));
  }
  for (const id of links?.ids ?? []) {
    switches.push({
      // A link and its modem have the same id.
      name: `link-${id}`,
      label: `Link ${id}`,
      isOn: () => links?.isPlugged(id) === true,
      set: (isOn) => links?.setPlugged(id, isOn),
    });
  }
  return switches;
}

/** Of devices that another one may take the place of, by a change of the settings. */
function changingSwitches(
  { printer, modems }: SimulatedDevices,
  ofPrinter: WeakMap<SimulatedPrinter, readonly Switch[]>,
): readonly Switch[] {
  if (printer && !ofPrinter.has(printer)) ofPrinter.set(printer, printerSwitches(printer));
  const resets = (modems?.ids ?? []).map((id) => ({
    name: id,
    label: `Modem ${id}`,
    // The box resets a modem that hangs: then it is on again.
    isOn: () => modems?.isHung(id) === false,
    set: (isOn: boolean) => modems?.setHung(id, !isOn),
  }));
  return [...((printer && ofPrinter.get(printer)) ?? []), ...resets];
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
