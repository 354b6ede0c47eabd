import type { SimulatedBattery } from '../../hal/battery/simulated.ts';
import { RHYTHMS, type RhythmName } from '../../hal/gpio/rhythm.ts';
import type { SimulatedGpio } from '../../hal/gpio/simulated.ts';
import type { SimulatedModems } from '../../hal/modem/simulated.ts';
import type { Clock } from '../../hal/os/clock.ts';
import type { SimulatedPrinter } from '../../hal/printer/simulated.ts';
import type { PanelConfig } from '../config/panel.ts';
import type { BoxSnapshot } from '../model/snapshot.ts';
import { LAMPS, type LampName, lampsOf } from '../panel/lamps.ts';
import type { PanelLamp, PanelState, SimulatedPanel } from './simulated-panel.ts';

/** The simulated devices that are open. */
export interface Touchable {
  gpio?: SimulatedGpio;
  battery?: SimulatedBattery;
  printer?: SimulatedPrinter;
  modems?: SimulatedModems;
}

const BUTTON_LABELS = { drop: 'Drop button', mark: 'MARK button' } as const;
const LAMP_LABELS: Readonly<Record<LampName, string>> = {
  power: 'Power',
  'on-air': 'On air',
  links: 'Links',
  sound: 'Sound',
  recording: 'Recording',
};

/** What each rhythm says, as the README's table has it. */
const MEANINGS: Readonly<Record<RhythmName, string>> = {
  off: 'there is none',
  steady: 'all is well',
  wink: 'at rest',
  blink: 'under way',
  gap: 'well, with something to know',
  double: 'one step away',
  triple: 'last minutes, or a press refused',
  flicker: 'look here now',
  longShort: 'not known or broken',
};

/** Touches the simulated devices, and shows the lamps. */
export interface Hand extends SimulatedPanel {
  /** The box now: its lamps are those that the panel drives. */
  show(box: BoxSnapshot): void;
}

/** A hand on the simulated devices; undefined where none is simulated. */
export function openHand(
  { gpio, battery, printer, modems }: Touchable,
  panel: PanelConfig,
  clock: Clock,
): Hand | undefined {
  if (gpio === undefined && battery === undefined && printer === undefined) return undefined;
  const unplugged = new Set<string>();
  const since = new Map<LampName, { readonly rhythm: RhythmName; readonly sinceMs: number }>();
  const show = (box: BoxSnapshot) => {
    for (const [name, rhythm] of Object.entries(lampsOf(box)) as [LampName, RhythmName][]) {
      if (since.get(name)?.rhythm === rhythm) continue;
      since.set(name, { rhythm, sinceMs: clock.wallMs() });
    }
  };
  const lamps = (): readonly PanelLamp[] =>
    LAMPS.map((name) => {
      const { rhythm, sinceMs } = since.get(name) ?? { rhythm: 'off', sinceMs: 0 };
      const label = LAMP_LABELS[name];
      return { name, label, rhythm: RHYTHMS[rhythm], meaning: MEANINGS[rhythm], sinceMs };
    });
  const devices = [
    ...(printer === undefined ? [] : [{ name: 'printer', label: 'Printer' }]),
    ...(gpio === undefined ? [] : [{ name: 'panel', label: 'Buttons and lamps' }]),
    ...(battery === undefined ? [] : [{ name: 'battery', label: 'Battery board' }]),
  ];
  const plug: Readonly<Record<string, (isIn: boolean) => void>> = {
    ...Object.fromEntries(
      (modems?.ids ?? []).map((id) => [id, (isIn: boolean) => modems?.setHung(id, !isIn)]),
    ),
    printer: (isIn) => printer?.setPlugged(isIn),
    panel: (isIn) => (isIn ? gpio?.replug() : gpio?.unplug()),
    battery: (isIn) => battery?.breakWith(isIn ? undefined : 'simulated: unplugged'),
  };
  return {
    show,
    state: (): PanelState => ({
      buttons:
        gpio === undefined
          ? []
          : (Object.keys(panel.buttons) as (keyof typeof BUTTON_LABELS)[]).map((name) => ({
              name,
              label: BUTTON_LABELS[name],
            })),
      lamps: gpio === undefined ? [] : lamps(),
      ...(battery === undefined ? {} : { battery: battery.look() }),
      devices: [
        ...devices.map((device) => ({ ...device, isPlugged: !unplugged.has(device.name) })),
        // One that hangs is back after the box has reset it.
        ...(modems?.ids ?? []).map((name) => ({
          name,
          label: `Modem ${name} (off: it hangs)`,
          isPlugged: modems?.isHung(name) === false,
        })),
      ],
    }),
    press: (button) => gpio?.press(button),
    release: (button) => gpio?.release(button),
    setCharge: (pct) => battery?.setCharge(pct),
    setMains: (isOn) => battery?.setMains(isOn),
    setPlugged: (device, isIn) => {
      if (isIn) unplugged.delete(device);
      else unplugged.add(device);
      plug[device]?.(isIn);
    },
  };
}
