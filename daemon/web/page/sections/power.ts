/** Battery and mains: the charge, and how long it lasts. */

import type { BatteryState, Mains } from '../../../../hal/battery/port.ts';
import { fill } from '../../../../pipelines/player/text/fill.ts';
import type { PowerPhase } from '../../../model/snapshot.ts';
import { fromBox, boxTexts as text } from '../text/texts.ts';
import { card, h, setAttribute, setText, updateFacts } from '../ui/dom.ts';
import { formatDecimal, formatSpan } from '../ui/format.ts';
import { framePlots, openCaption, openPlot } from '../ui/plot-view.ts';
import type { Section } from '../ui/section.ts';

const PHASES: Readonly<Record<PowerPhase, string>> = {
  normal: '',
  saving: text.savingPower,
  'last-minutes': text.lastMinutes,
  'shut-down': text.shuttingDown,
};

export function openPower(): Section {
  const charge = h('p', { class: 'big' });
  const left = h('p', { class: 'since' });
  const list = h('dl', { class: 'facts' });
  const plot = openPlot();
  const plots = framePlots(openCaption(text.chargePlot), plot);
  const element = card('power', text.power, charge, left, list, plots);
  return {
    element,
    update: ({ view, history }, nowMs) => {
      const { battery, power, shedLoads } = view;
      setText(charge, chargeOf(battery));
      setText(left, [PHASES[power], timeLeft(battery)].filter((word) => word !== '').join(' · '));
      setAttribute(element, 'data-power', power);
      const shed = shedLoads.map((load) => fromBox(load.text)).join('; ');
      updateFacts(list, [
        ...powerFacts(battery),
        [text.toSavePower, shed === '' ? undefined : shed],
      ]);
      plots.hidden = battery.phase === 'absent';
      const points = history.map(({ atMs, chargePct }) => ({ atMs, value: chargePct }));
      plot.update(points, nowMs, text.charge, (pct) => `${Math.round(pct)} %`, 100);
    },
  };
}

const MAINS: Readonly<Record<Mains, string>> = {
  on: text.on,
  off: text.off,
  unknown: text.unknown,
};

function chargeOf(battery: BatteryState): string {
  if (battery.phase === 'absent') return text.mainsOnly;
  if (battery.phase === 'unknown' || battery.chargePct === undefined) return text.chargeUnknown;
  return `${Math.round(battery.chargePct)} %`;
}

function timeLeft(battery: BatteryState): string {
  if (battery.phase === 'absent') return text.noBattery;
  if (battery.phase === 'unknown') return text.boardSilent;
  if (battery.mains === 'on') return battery.isCharging ? text.onMainsCharging : text.onMains;
  const plug = battery.mains === 'off' ? text.onBattery : text.mainsUnknown;
  if (battery.timeLeftS === undefined) return plug;
  return fill(text.timeLeft, { plug, time: formatSpan(battery.timeLeftS) });
}

function powerFacts(battery: BatteryState): readonly (readonly [string, string | undefined])[] {
  if (battery.phase === 'absent') return [];
  const known = battery.phase === 'known' ? battery : undefined;
  const { powerMw, voltageMv } = known ?? {};
  return [
    [
      (powerMw ?? 0) > 0 ? text.chargingWith : text.using,
      powerMw === undefined ? undefined : `${formatDecimal(Math.abs(powerMw) / 1000, 1)} W`,
    ],
    [text.voltage, voltageMv === undefined ? undefined : `${formatDecimal(voltageMv / 1000, 2)} V`],
    [text.mains, MAINS[battery.mains]],
    [text.measuredBy, battery.source],
    [text.reason, battery.phase === 'unknown' ? battery.reason : undefined],
  ];
}
