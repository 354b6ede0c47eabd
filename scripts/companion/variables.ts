/** What buttons can show of a box. Pure. */
import type { View } from '../../daemon/web/protocol.ts';

/** The name of each variable, as Companion lists it. */
export const VARIABLES = {
  phase: 'Phase of the drop',
  live_time: 'Time on air',
  title: 'Title of the drop',
  viewers: 'Guests who watch',
  latency: 'How far guests are behind the stage, in seconds',
  hearts: 'Hearts',
  alerts: 'Number of alerts',
  alert: 'The most severe alert',
  alert_advice: 'What to do about it',
  links: 'Links in use, of all',
  uplink: 'Uplink',
  uplink_mbps: 'Bitrate of the uplink, in Mbit/s',
  recordings: 'Disks that record, of all',
  charge: 'Charge of the battery, in per cent',
  minutes_left: 'Minutes left in the battery',
  mains: 'Mains',
  camera: 'Camera on air',
  printer: 'Printer',
  player_url: 'Address for guests',
} as const;

export type Variable = keyof typeof VARIABLES;

const RANKS = { critical: 0, warning: 1, info: 2 } as const;

/** Alerts, the most severe first. */
export function alertsOf(view: View): View['warnings'] {
  return view.warnings.toSorted((a, b) => RANKS[a.severity] - RANKS[b.severity]);
}

/** Unknown values are empty. */
export function variablesOf(
  view: View | undefined,
  nowMs: number,
): Readonly<Record<Variable, string | number>> {
  if (view === undefined) return EMPTY;
  const [alert] = alertsOf(view);
  const { battery, uplink, recording, drop } = view;
  const known = battery.phase === 'known' ? battery : undefined;
  const links = uplink?.bond?.links.filter(({ isEnabled }) => isEnabled) ?? [];
  return {
    phase: drop.phase,
    live_time: drop.phase === 'live' ? elapsed(nowMs - drop.sinceMs) : '',
    title: view.plannedDrops?.shown.title ?? '',
    viewers: view.media?.viewers.viewers ?? '',
    latency: latencyOf(view),
    hearts: view.media?.viewers.heartsTotal ?? '',
    alerts: view.warnings.length,
    alert: alert?.text ?? '',
    alert_advice: alert?.advice ?? '',
    links: links.length === 0 ? '' : `${links.filter(isUp).length}/${links.length}`,
    uplink: uplink?.phase ?? '',
    uplink_mbps: uplink === undefined ? '' : Math.round(uplink.bitrateBps / 100_000) / 10,
    recordings:
      recording.length === 0
        ? ''
        : `${recording.filter(({ phase }) => phase === 'recording').length}/${recording.length}`,
    charge: known?.chargePct === undefined ? '' : Math.round(known.chargePct),
    minutes_left: known?.timeLeftS === undefined ? '' : Math.round(known.timeLeftS / 60),
    mains: battery.phase === 'absent' ? 'on' : battery.mains,
    camera: onAirOf(view) ?? '',
    printer: view.printer.phase,
    player_url: view.playerUrl ?? '',
  };
}

/** The camera on air, by its number; undefined while there is none. */
export function onAirOf(view: View): 1 | 2 | undefined {
  const camera = view.sources?.camera;
  if (camera === undefined) return undefined;
  return camera.second?.isOnAir === true ? 2 : 1;
}

/** Half of all guests are at most this far behind, weighted by renditions. */
function latencyOf(view: View): number | '' {
  const quantiles = Object.values(view.media?.viewers.latencyMsByRendition ?? {});
  const n = quantiles.reduce((sum, one) => sum + one.n, 0);
  if (n === 0) return '';
  return Math.round(quantiles.reduce((sum, { p50, n }) => sum + p50 * n, 0) / n / 10) / 100;
}

function isUp({ state }: { readonly state: string }): boolean {
  return state === 'active';
}

function elapsed(ms: number): string {
  const s = Math.max(0, Math.floor(ms / 1000));
  const two = (value: number) => String(value).padStart(2, '0');
  const minutes = `${two(Math.floor(s / 60) % 60)}:${two(s % 60)}`;
  return s < 3_600 ? minutes : `${Math.floor(s / 3_600)}:${minutes}`;
}

const EMPTY = Object.fromEntries(Object.keys(VARIABLES).map((name) => [name, ''])) as Readonly<
  Record<Variable, string>
>;
