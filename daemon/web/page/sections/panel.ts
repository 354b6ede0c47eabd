import { lampAt } from '../../../../hal/gpio/rhythm.ts';
import type { PanelAction, PanelLamp, PanelState } from '../../../devices/simulated-panel.ts';
import { card, h, keep, mark, say } from '../ui/dom.ts';
import type { Model } from '../ui/model.ts';
import { touchPanel } from '../ui/request.ts';
import type { Part } from '../ui/section.ts';

/** The demo's hardware: buttons to press, lamps to look at, plugs to pull. */
export function openPanel(onError: (error: unknown) => void): Part {
  const act = (action: PanelAction) => void touchPanel(action).catch(onError);
  const lamps = h('ul', { class: 'lamps' });
  const buttons = h('div', { class: 'row below' });
  const battery = openBattery(act);
  const switches = h('div', { class: 'switches below' });
  const element = card('panel', 'Simulated hardware', lamps, buttons, battery.element, switches);
  let model: Model | undefined;
  let isClosed = false;
  const blink = () => {
    if (isClosed) return;
    if (!element.hidden && !document.hidden) drawLamps(lamps, model);
    requestAnimationFrame(blink);
  };
  requestAnimationFrame(blink);
  return {
    element,
    close: () => {
      isClosed = true;
    },
    update: (next) => {
      model = next;
      const { panel } = next.view;
      element.hidden = panel === undefined;
      if (panel === undefined) return;
      keep(
        lamps,
        panel.lamps,
        ({ name }) => name,
        makeLamp,
        (item, { meaning }) => {
          const word = item.lastElementChild;
          if (word !== null) say(word, meaning);
        },
      );
      keep(
        buttons,
        panel.buttons,
        ({ name }) => name,
        (of) => makeButton(of, act),
        () => undefined,
      );
      battery.update(panel.battery);
      drawSwitches(switches, panel, act);
    },
  };
}

type Act = (action: PanelAction) => void;

function makeLamp({ label }: PanelLamp): HTMLElement {
  return h(
    'li',
    {},
    h('i', { class: 'lamp', 'aria-hidden': 'true' }),
    h('strong', {}, label),
    h('span'),
  );
}

/** For whom flashes are too much, a lamp that flashes is lit; its meaning stands beside it. */
const calm = matchMedia('(prefers-reduced-motion: reduce)');

/** As the lamps on the box: the same rhythm, begun at the same time. */
function drawLamps(list: HTMLElement, model: Model | undefined): void {
  if (model === undefined) return;
  const nowMs = Date.now() + model.offsetMs;
  for (const [index, { rhythm, sinceMs }] of (model.view.panel?.lamps ?? []).entries()) {
    const item = list.children[index];
    const isOn = calm.matches ? rhythm.length > 0 : lampAt(rhythm, nowMs - sinceMs).isOn;
    if (item) mark(item, 'data-on', isOn ? '' : undefined);
  }
}

/** Down as long as the finger, or the key, is; the box takes the time. */
function makeButton({ name, label }: PanelState['buttons'][number], act: Act): HTMLButtonElement {
  const button = h('button', { type: 'button', class: 'hardware' }, label);
  let isDown = false;
  const set = (next: boolean) => {
    if (next === isDown) return;
    isDown = next;
    button.classList.toggle('down', next);
    act({ do: next ? 'press' : 'release', button: name });
  };
  button.addEventListener('pointerdown', (event) => {
    button.setPointerCapture(event.pointerId);
    set(true);
  });
  for (const end of ['pointerup', 'pointercancel', 'blur'] as const) {
    button.addEventListener(end, () => set(false));
  }
  button.addEventListener('contextmenu', (event) => event.preventDefault());
  for (const [type, next] of [
    ['keydown', true],
    ['keyup', false],
  ] as const) {
    button.addEventListener(type, (event) => {
      if (event.key !== 'Enter' && event.key !== ' ') return;
      event.preventDefault();
      set(next);
    });
  }
  return button;
}

function openBattery(act: Act) {
  const slider = h('input', { type: 'range', min: '0', max: '100', id: 'panel-charge' });
  const figure = h('output', { for: 'panel-charge' });
  const mains = makeSwitch('Mains', (isOn) => act({ do: 'mains', isOn }));
  const label = h('label', { for: 'panel-charge' }, 'Battery');
  const element = h('div', { class: 'battery below' }, label, slider, figure, mains);
  slider.addEventListener('input', () => say(figure, `${slider.value} %`));
  slider.addEventListener('change', () => act({ do: 'charge', pct: Number(slider.value) }));
  return {
    element,
    update: (battery: PanelState['battery']) => {
      element.hidden = battery === undefined;
      if (battery === undefined) return;
      setSwitch(mains, battery.isMainsOn);
      if (slider.matches(':active')) return;
      slider.value = String(Math.round(battery.chargePct));
      say(figure, `${slider.value} %`);
    },
  };
}

function drawSwitches(list: HTMLElement, { switches }: PanelState, act: Act): void {
  keep(
    list,
    switches,
    ({ name }) => name,
    ({ name, label }) => makeSwitch(label, (isOn) => act({ do: 'switch', name, isOn })),
    (element, { isOn }) => setSwitch(element, isOn),
  );
}

function makeSwitch(label: string, onChange: (isOn: boolean) => void): HTMLElement {
  const input = h('input', { type: 'checkbox', role: 'switch' });
  input.addEventListener('change', () => onChange(input.checked));
  return h('label', { class: 'switch' }, input, label);
}

function setSwitch(label: HTMLElement, isOn: boolean): void {
  const input = label.querySelector('input');
  if (input !== null && input.checked !== isOn) input.checked = isOn;
}
