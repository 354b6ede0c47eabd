/** Simulated hardware of the demo: buttons to press, lamps, and switches for faults. */
import { lampAt } from '../../../../hal/gpio/rhythm.ts';
import type { PanelAction, PanelLamp, PanelState } from '../../../devices/simulated-panel.ts';
import { fromBox, boxTexts as text } from '../text/texts.ts';
import { card, h, setAttribute, setText, updateChildren } from '../ui/dom.ts';
import type { Model } from '../ui/model.ts';
import { sendPanelAction } from '../ui/request.ts';
import type { Section } from '../ui/section.ts';

/** The shortest flash is twice as long. Each frame of the screen would cost a phone its battery. */
const BLINK_EVERY_MS = 50;

export function openPanel(onError: (error: unknown) => void): Section {
  const send = (action: PanelAction) => void sendPanelAction(action).catch(onError);
  const lamps = h('ul', { class: 'lamps' });
  const buttons = h('div', { class: 'row below' });
  const battery = openBattery(send);
  const hint = h('p', { class: 'hint below' }, text.switchHint);
  const switches = h('div', { class: 'switches' });
  const element = card('panel', text.simulated, lamps, buttons, battery.element, hint, switches);
  let model: Model | undefined;
  const blink = () => {
    if (!element.hidden && !document.hidden) updateLamps(lamps, model);
  };
  const timer = setInterval(blink, BLINK_EVERY_MS);
  return {
    element,
    close: () => clearInterval(timer),
    update: (next) => {
      model = next;
      const { panel } = next.view;
      element.hidden = panel === undefined;
      if (panel === undefined) return;
      updateChildren(
        lamps,
        panel.lamps,
        ({ name }) => name,
        renderLamp,
        (item, { meaning }) => {
          const word = item.lastElementChild;
          if (word !== null) setText(word, fromBox(meaning));
        },
      );
      updateChildren(
        buttons,
        panel.buttons,
        ({ name }) => name,
        (of) => renderButton(of, send),
      );
      battery.update(panel.battery);
      updateSwitches(switches, panel, send);
    },
  };
}

type Send = (action: PanelAction) => void;

function renderLamp({ label }: PanelLamp): HTMLElement {
  return h(
    'li',
    {},
    h('i', { class: 'lamp', 'aria-hidden': 'true' }),
    h('strong', {}, fromBox(label)),
    h('span'),
  );
}

/** Then a flashing lamp is shown lit; its meaning is written beside it. */
const reducedMotion = matchMedia('(prefers-reduced-motion: reduce)');

/** In step with the lamps on the box. */
function updateLamps(list: HTMLElement, model: Model | undefined): void {
  if (model === undefined) return;
  const nowMs = Date.now() + model.offsetMs;
  for (const [index, { rhythm, sinceMs }] of (model.view.panel?.lamps ?? []).entries()) {
    const item = list.children[index];
    const isOn = reducedMotion.matches ? rhythm.length > 0 : lampAt(rhythm, nowMs - sinceMs).isOn;
    if (item) setAttribute(item, 'data-on', isOn ? '' : undefined);
  }
}

/** Held as long as the pointer or the key is down; the box measures the time. */
function renderButton(
  { name, label }: PanelState['buttons'][number],
  send: Send,
): HTMLButtonElement {
  const button = h('button', { type: 'button', class: 'hardware' }, fromBox(label));
  let isDown = false;
  const set = (next: boolean) => {
    if (next === isDown) return;
    isDown = next;
    button.classList.toggle('down', next);
    send({ do: next ? 'press' : 'release', button: name });
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

function openBattery(send: Send) {
  const slider = h('input', { type: 'range', min: '0', max: '100', id: 'panel-charge' });
  const figure = h('output', { for: 'panel-charge' });
  const mains = renderSwitch(text.mains, (isOn) => send({ do: 'mains', isOn }));
  const label = h('label', { for: 'panel-charge' }, text.battery);
  const element = h('div', { class: 'battery below' }, label, slider, figure, mains);
  slider.addEventListener('input', () => setText(figure, `${slider.value} %`));
  slider.addEventListener('change', () => send({ do: 'charge', pct: Number(slider.value) }));
  return {
    element,
    update: (battery: PanelState['battery']) => {
      element.hidden = battery === undefined;
      if (battery === undefined) return;
      setSwitch(mains, battery.isMainsOn);
      if (slider.matches(':active')) return;
      slider.value = String(Math.round(battery.chargePct));
      setText(figure, `${slider.value} %`);
    },
  };
}

function updateSwitches(list: HTMLElement, { switches }: PanelState, send: Send): void {
  updateChildren(
    list,
    switches,
    ({ name }) => name,
    ({ name, label }) => renderSwitch(fromBox(label), (isOn) => send({ do: 'switch', name, isOn })),
    (element, { isOn }) => setSwitch(element, isOn),
  );
}

function renderSwitch(label: string, onChange: (isOn: boolean) => void): HTMLElement {
  const input = h('input', { type: 'checkbox', role: 'switch' });
  input.addEventListener('change', () => onChange(input.checked));
  return h('label', { class: 'switch' }, input, label);
}

function setSwitch(label: HTMLElement, isOn: boolean): void {
  const input = label.querySelector('input');
  if (input !== null && input.checked !== isOn) input.checked = isOn;
}
