/** Simulated hardware for tests of the operator's page. */
import type { PanelState, SimulatedPanel } from '../../../../daemon/devices/simulated-panel.ts';
import { RHYTHMS } from '../../../../hal/gpio/rhythm.ts';

/** Hardware that notes each action in `actions`. */
export function fakePanel(actions: string[]): SimulatedPanel {
  let state: PanelState = {
    buttons: [
      { name: 'start', label: 'START' },
      { name: 'mark', label: 'MARK' },
    ],
    lamps: [
      lamp('power', 'Power', RHYTHMS.steady, 'on mains'),
      lamp('air', 'On air', RHYTHMS.flash, 'idle'),
      lamp('links', 'Links', RHYTHMS.double, 'one link is down'),
      lamp('sound', 'Sound', RHYTHMS.steady, 'sound comes in'),
      lamp('recording', 'Recording', RHYTHMS.off, 'not recording'),
    ],
    battery: { chargePct: 73, isMainsOn: true },
    switches: [
      { name: 'camera', label: 'Camera', isOn: true },
      { name: 'sound', label: 'Sound', isOn: true },
      { name: 'printer', label: 'Printer', isOn: true },
      { name: 'sima0', label: 'Modem sima0', isOn: false },
    ],
  };
  const battery = () => state.battery ?? { chargePct: 0, isMainsOn: true };
  const isButton = (button: string) => state.buttons.some(({ name }) => name === button);
  const note = (line: string, isThere = true): boolean => {
    if (isThere) actions.push(line);
    return isThere;
  };
  return {
    state: () => state,
    press: (button) => note(`press ${button}`, isButton(button)),
    release: (button) => note(`release ${button}`, isButton(button)),
    setCharge: (chargePct) => {
      state = { ...state, battery: { ...battery(), chargePct } };
      return note(`charge ${chargePct}`);
    },
    setMains: (isMainsOn) => {
      state = { ...state, battery: { ...battery(), isMainsOn } };
      return note(`mains ${isMainsOn}`);
    },
    setSwitch: (name, isOn) => {
      const isThere = state.switches.some((other) => other.name === name);
      const switches = state.switches.map((of) => (of.name === name ? { ...of, isOn } : of));
      state = { ...state, switches };
      return note(`${name} ${isOn}`, isThere);
    },
  };
}

function lamp(name: string, label: string, rhythm: readonly number[], meaning: string) {
  return { name, label, rhythm, meaning, sinceMs: Date.now() };
}
