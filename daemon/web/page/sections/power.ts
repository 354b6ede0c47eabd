/** Battery and mains: the charge, and how long it lasts. */
import type { BatteryState } from '../../../../hal/battery/port.ts';
import type { PowerPhase } from '../../../model/snapshot.ts';
import { card, h, setAttribute, setText, updateFacts } from '../ui/dom.ts';
import { formatSpan } from '../ui/format.ts';
import { framePlots, openCaption, openPlot } from '../ui/plot-view.ts';
import type { Section } from '../ui/section.ts';

const PHASES: Readonly<Record<PowerPhase, string>> = {
  normal: '',
  saving: 'Saving power',
  'last-minutes': 'Last minutes',
  'shut-down': 'Shutting down',
};

export function openPower(): Section {
  const charge = h('p', { class: 'big' });
  const left = h('p', { class: 'since' });
  const list = h('dl', { class: 'facts' });
  const plot = openPlot();
  const plots = framePlots(openCaption('Charge, last 10 min'), plot);
  const element = card('power', 'Power', charge, left, list, plots);
  return {
    element,
    update: ({ view, history }, nowMs) => {
      const { battery, power, shedLoads } = view;
      setText(charge, chargeOf(battery));
      setText(left, [PHASES[power], timeLeft(battery)].filter((word) => word !== '').join(' · '));
      setAttribute(element, 'data-power', power);
      const shed = shedLoads.map(({ text }) => text).join('; ');
      updateFacts(list, [
        ...powerFacts(battery),
        ['To save power', shed === '' ? undefined : shed],
      ]);
      plots.hidden = battery.phase === 'absent';
      const points = history.map(({ atMs, chargePct }) => ({ atMs, value: chargePct }));
      plot.update(points, nowMs, 'Charge', (pct) => `${Math.round(pct)} %`, 100);
    },
  };
}

function chargeOf(battery: BatteryState): string {
  if (battery.phase === 'absent') return 'Mains only';
  if (battery.phase === 'unknown' || battery.chargePct === undefined) return 'Charge unknown';
  return `${Math.round(battery.chargePct)} %`;
}

function timeLeft(battery: BatteryState): string {
  if (battery.phase === 'absent') return 'no battery';
  if (battery.phase === 'unknown') return 'the battery board does not answer';
  if (battery.mains === 'on') return battery.isCharging ? 'on mains, charging' : 'on mains';
  const plug = battery.mains === 'off' ? 'on battery' : 'mains unknown';
  return battery.timeLeftS === undefined ? plug : `${plug}, ${formatSpan(battery.timeLeftS)} left`;
}

function powerFacts(battery: BatteryState): readonly (readonly [string, string | undefined])[] {
  if (battery.phase === 'absent') return [];
  const known = battery.phase === 'known' ? battery : undefined;
  const { powerMw, voltageMv } = known ?? {};
  return [
    [
      (powerMw ?? 0) > 0 ? 'Charging with' : 'Using',
      powerMw === undefined ? undefined : `${(Math.abs(powerMw) / 1000).toFixed(1)} W`,
    ],
    ['Voltage', voltageMv === undefined ? undefined : `${(voltageMv / 1000).toFixed(2)} V`],
    ['Mains', battery.mains],
    ['Measured by', battery.source],
    ['Reason', battery.phase === 'unknown' ? battery.reason : undefined],
  ];
}
