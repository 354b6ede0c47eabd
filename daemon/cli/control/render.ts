/** Snapshots, progress and outcomes in words, for a terminal. */
import * as v from 'valibot';
import { type EdgeReport, hitRatioOf } from '../../../pipelines/edge/state.ts';
import type { Outcome, Progress } from '../../model/commands.ts';
import { renderDuration } from '../../model/duration.ts';
import type { BoxSnapshot, RecordingTarget, Warning } from '../../model/snapshot.ts';

/** A snapshot in words, for a terminal 80 columns wide. */
export function renderStatus(box: BoxSnapshot, nowMs: number): string {
  const rows = [
    ...(box.media?.edge === undefined ? sourceRows(box) : edgeRows(box.media.edge)),
    ['viewers', viewersRow(box)],
    ...uplinkRows(box),
    ...box.recording.map((target) => ['recording', recordingRow(target)] as const),
    ['power', powerRow(box)],
    ...box.shedLoads.map(({ text }, i) => [i === 0 ? 'shed' : '', text] as const),
    ['printer', printerRow(box)],
    ...brokerRows(box),
    ['machine', machineRow(box)],
    ['children', childrenRow(box)],
  ] as const;
  const body = rows.map(([name, text]) => `  ${name.padEnd(10)} ${clean(text)}`);
  const lines = [headline(box, nowMs), ...body, ...warningLines(box.warnings, nowMs)];
  return `${lines.join('\n')}\n${renderAddress(box)}`;
}

/** Where to watch. */
export function renderAddress({ playerUrl }: BoxSnapshot): string {
  return playerUrl === undefined ? '' : `Watch at ${playerUrl}\n`;
}

export function renderProgress({ detail, ratio }: Progress): string {
  const share = ratio === undefined ? '' : `${String(Math.round(ratio * 100)).padStart(3)} %  `;
  return `${share}${clean(detail)}\n`;
}

export function renderOutcome(outcome: Outcome): string {
  if (outcome.status !== 'done') {
    return `${outcome.status} (${clean(outcome.code)}): ${clean(outcome.detail)}\n`;
  }
  const lines = [`done: ${outcome.detail}`, ...resultLines(outcome.result)];
  return `${lines.map((line) => clean(line)).join('\n')}\n`;
}

/** What a person can do something with; all of it is in the JSON. */
const resultSchema = v.object({
  clip: v.optional(v.object({ url: v.string() })),
  checks: v.optional(
    v.array(
      v.object({
        name: v.string(),
        verdict: v.string(),
        evidence: v.string(),
        advice: v.string(),
      }),
    ),
    [],
  ),
});

function resultLines(result: unknown): readonly string[] {
  const parsed = v.safeParse(resultSchema, result);
  if (!parsed.success) return [];
  const { clip, checks } = parsed.output;
  return [
    ...(clip === undefined ? [] : [`  clip  ${clip.url}`]),
    ...checks
      .filter(({ verdict }) => verdict !== 'pass')
      .flatMap(({ name, verdict, evidence, advice }) => [
        `  ${verdict}  ${name}: ${evidence}`,
        ...(advice === '' ? [] : [`        ${advice}`]),
      ]),
  ];
}

function headline({ name, version, drop, media }: BoxSnapshot, nowMs: number): string {
  const since = renderDuration((nowMs - drop.sinceMs) / 1000);
  const id = drop.phase === 'live' && drop.dropId !== undefined ? `, drop ${drop.dropId}` : '';
  const reason = drop.reason === undefined ? '' : `: ${drop.reason}`;
  const what = media?.edge === undefined ? drop.phase.toUpperCase() : 'EDGE';
  return clean(`${name} ${version}: ${what} for ${since}${id}${reason}`);
}

type Row = readonly [name: string, text: string];

function sourceRows(box: BoxSnapshot): readonly Row[] {
  return [
    ['camera', cameraRow(box)],
    ['sound', soundRow(box)],
    ['encoder', box.encoder],
  ];
}

function edgeRows(edge: EdgeReport): readonly Row[] {
  const { upstream, requestsTotal, upstreamTotal, upstreamFailuresTotal, staleTotal } = edge;
  const reason = upstream.reason === undefined ? '' : `: ${upstream.reason}`;
  const ratio = hitRatioOf(edge);
  const hits = ratio === undefined ? '' : `, ${(100 * ratio).toFixed(1)} % without the upstream`;
  const held = `${(edge.heldBytes / 1e6).toFixed(1)} MB held`;
  return [
    ['edge of', `${upstream.url}, ${upstream.phase}${reason}`],
    ['', `${requestsTotal} requests${hits}, ${staleTotal} stale, ${held}`],
    ['', `${upstreamTotal} upstream, ${upstreamFailuresTotal} failed`],
  ];
}

function cameraRow(box: BoxSnapshot): string {
  const rate = box.media?.framesPerS;
  const flow = rate === undefined ? 'frames flow' : `${Math.round(rate)} frames/s`;
  const frames = isFlowing(box) ? flow : 'no frames';
  return `${box.camera}, ${frames}${box.isCameraLocked ? ', exposure locked' : ''}`;
}

function brokerRows({ broker }: BoxSnapshot): readonly (readonly [string, string])[] {
  if (broker.phase === 'none') return [];
  return [['broker', broker.phase === 'away' ? `away: ${broker.reason}` : broker.phase]];
}

function isFlowing({ media, children }: BoxSnapshot): boolean {
  return media?.isFlowing === true && children['media']?.phase === 'running';
}

function soundRow({ sound, levels }: BoxSnapshot): string {
  if (sound === 'none') return 'none';
  if (levels === undefined) return `${sound}, no level`;
  return `${sound}, peak ${levels.peakDbfs.map((peak) => peak.toFixed(1)).join(' / ')} dBFS`;
}

function viewersRow({ media }: BoxSnapshot): string {
  if (media === undefined) return 'unknown';
  const { viewers, latencyMsByRendition, stallsTotal } = media.viewers;
  const latencies = Object.entries(latencyMsByRendition).map(
    ([rendition, { p50, p95 }]) => `${rendition} ${Math.round(p50)} (p95 ${Math.round(p95)}) ms`,
  );
  return [`${viewers}`, ...latencies, `${stallsTotal} stalls`].join(', ');
}

function uplinkRows({ uplink }: BoxSnapshot): readonly Row[] {
  if (uplink === undefined || uplink.phase === 'off') return [['uplink', 'off']];
  const reason = uplink.reason === undefined ? '' : `: ${uplink.reason}`;
  const rtt = uplink.srt === undefined ? '' : `, RTT ${Math.round(uplink.srt.rttMs)} ms`;
  const rate = `${megabits(uplink.bitrateBps)} of ${megabits(uplink.targetBps)} Mb/s`;
  const head = ['uplink', `${uplink.phase}${reason}, ${rate}${rtt}`] as const;
  const links = (uplink.bond?.links ?? []).map((link) => {
    const delay = link.rttMs === undefined ? '-' : `${link.rttMs} ms`;
    const share = `${Math.round(link.sharePct)} %`;
    const loss = `loss ${link.lossPct.toFixed(1)} %`;
    return [
      '',
      `${link.id.padEnd(12)} ${link.state.padEnd(8)} ${delay}, ${loss}, ${share}`,
    ] as const;
  });
  return [head, ...links];
}

function recordingRow({ id, phase, reason, remainingS }: RecordingTarget): string {
  const left = remainingS === undefined ? '' : `, room for ${renderDuration(remainingS)}`;
  return `${id}: ${phase}${reason === undefined ? '' : `, ${reason}`}${left}`;
}

function powerRow({ power, battery }: BoxSnapshot): string {
  if (battery.phase === 'absent') return `${power}, mains only`;
  if (battery.phase === 'unknown') return `${power}, battery unknown: ${battery.reason}`;
  const charge = battery.chargePct === undefined ? '' : `, ${Math.round(battery.chargePct)} %`;
  const left = battery.timeLeftS === undefined ? '' : `, ${renderDuration(battery.timeLeftS)} left`;
  return `${power}, mains ${battery.mains}${charge}${left}`;
}

function printerRow({ printer }: BoxSnapshot): string {
  if (printer.phase === 'away') return `away: ${printer.reason}`;
  if (printer.phase === 'silent') return 'takes jobs, reports no status';
  if (printer.phase === 'absent') return 'none';
  const cover = printer.isCoverOpen ? ', cover open' : '';
  const fault = printer.fault === undefined ? '' : `, ${printer.fault}`;
  return `${printer.isOnline ? 'online' : 'offline'}, paper ${printer.paper}${cover}${fault}`;
}

function machineRow({ system }: BoxSnapshot): string {
  if (system === undefined) return 'unknown';
  const parts = [
    ...(system.cpuC === undefined ? [] : [`${Math.round(system.cpuC)} degrees`]),
    ...(system.loadPct === undefined ? [] : [`${Math.round(system.loadPct)} % busy`]),
    `clock ${system.clock.phase}`,
  ];
  return parts.join(', ');
}

function childrenRow({ children }: BoxSnapshot): string {
  const parts = Object.entries(children).map(([name, { phase, restartsTotal }]) => {
    const restarts = restartsTotal === 0 ? '' : ` (${restartsTotal} restarts)`;
    return `${name} ${phase}${restarts}`;
  });
  return parts.length === 0 ? 'none' : parts.join(', ');
}

function warningLines(warnings: readonly Warning[], nowMs: number): readonly string[] {
  return warnings.flatMap(({ severity, key, text, advice, detail, sinceMs }) => [
    clean(`! ${severity} ${key}, for ${renderDuration((nowMs - sinceMs) / 1000)}: ${text}`),
    `    ${clean(advice)}`,
    ...(detail === undefined ? [] : [`    (${clean(detail)})`]),
  ]);
}

function megabits(bps: number): string {
  return (bps / 1e6).toFixed(1);
}

/** Names of devices and words of children come from outside: no terminal is steered by them. */
function clean(text: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what is taken out
  return text.replace(/[\0-\x1f\x7f-\x9f]/g, ' ');
}
