/** Snapshots, progress and outcomes in words, for a terminal. */
import * as v from 'valibot';
import type { EdgeReport } from '../../../pipelines/edge/state.ts';
import { LOAD, STATUS } from '../../figures/box.ts';
import { DESTINATION } from '../../figures/destinations.ts';
import { BATTERY, CAMERA, CHANNEL, VOLUME } from '../../figures/devices.ts';
import type { Figure } from '../../figures/figure.ts';
import { EDGE, EDGE_HELD } from '../../figures/media.ts';
import { renderFigure } from '../../figures/text.ts';
import { LINK, SRT } from '../../figures/uplink.ts';
import type { Outcome, Progress } from '../../model/commands.ts';
import { framesFlow } from '../../model/freshness.ts';
import type { LookState } from '../../model/look.ts';
import { renderDuration } from '../../model/rounding.ts';
import type { Alert, BoxSnapshot, RecordingTarget } from '../../model/snapshot.ts';
import { backfillRows, networkRows, type Row } from './network-rows.ts';
import { viewersRow } from './viewers-row.ts';

/** A snapshot in words, for a terminal 80 columns wide. */
export function renderStatus(box: BoxSnapshot, nowMs: number): string {
  const rows = [
    ...(box.media?.edge === undefined ? sourceRows(box) : edgeRows(box.media.edge)),
    ['viewers', viewersRow(box)],
    ...uplinkRows(box),
    ...destinationRows(box),
    ...backfillRows(box),
    ...networkRows(box),
    ...box.recording.map((target) => ['recording', recordingRow(target)] as const),
    ['power', powerRow(box)],
    ...box.shedLoads.map(({ text }, i) => [i === 0 ? 'shed' : '', text] as const),
    ['printer', printerRow(box)],
    ...brokerRows(box),
    ['machine', machineRow(box)],
    ['children', childrenRow(box)],
  ] as const;
  const body = rows.map(([name, text]) => `  ${name.padEnd(10)} ${clean(text)}`);
  const lines = [headline(box, nowMs), ...body, ...alertLines(box.warnings, nowMs)];
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

function sourceRows(box: BoxSnapshot): readonly Row[] {
  return [
    ['camera', cameraRow(box)],
    ['sound', soundRow(box)],
    ['encoder', box.encoder],
    ...(box.look === undefined ? [] : [['look', lookRow(box.look)] as const]),
  ];
}

function lookRow({ name, strength, phase, reason, cost }: LookState): string {
  const why = reason === undefined ? '' : `: ${reason}`;
  const spent =
    cost === undefined
      ? ''
      : `, ${cost.frameCostMs.toFixed(1)} of ${Math.round(cost.frameMs)} ms a frame`;
  return `${name} at ${Math.round(strength * 100)} %, ${phase}${why}${spent}`;
}

function edgeRows(edge: EdgeReport): readonly Row[] {
  const { upstream, requestsTotal } = edge;
  const reason = upstream.reason === undefined ? '' : `: ${upstream.reason}`;
  const show = (figure: Figure<EdgeReport>) => renderFigure(figure, edge) ?? 'unknown';
  const hits = optional('', renderFigure(EDGE.hit_ratio, edge), ' without the upstream');
  return [
    ['edge of', `${upstream.url}, ${show(EDGE.state)}${reason}`],
    ['', `${requestsTotal} requests${hits}, ${show(EDGE.stale)} stale, ${show(EDGE_HELD)} held`],
    ['', `${show(EDGE.requests)} upstream, ${show(EDGE.failed)} failed`],
  ];
}

function cameraRow(box: BoxSnapshot): string {
  const flow = renderFigure(CAMERA.fps, box) ?? 'frames flow';
  const frames = framesFlow(box) ? flow : 'no frames';
  return `${box.camera}, ${frames}${box.isCameraLocked ? ', exposure locked' : ''}`;
}

function brokerRows({ broker }: BoxSnapshot): readonly (readonly [string, string])[] {
  if (broker.phase === 'none') return [];
  if (broker.phase === 'away') return [['broker', `away: ${broker.reason}`]];
  return [['broker', [broker.phase, ...(broker.limits ?? [])].join(', ')]];
}

function soundRow({ sound, levels }: BoxSnapshot): string {
  if (sound === 'none') return 'none';
  if (levels === undefined) return `${sound}, no level`;
  const peaks = levels.peakDbfs.map((peakDbfs, i) =>
    renderFigure(CHANNEL.peak_dbfs, { peakDbfs, rmsDbfs: levels.rmsDbfs[i] ?? peakDbfs }),
  );
  return `${sound}, peak ${peaks.join(' / ')}`;
}

function uplinkRows(box: BoxSnapshot): readonly Row[] {
  const { uplink } = box;
  if (uplink === undefined || uplink.phase === 'off') return [['uplink', 'off']];
  const reason = uplink.reason === undefined ? '' : `: ${uplink.reason}`;
  const rtt = optional('RTT ', renderFigure(SRT.rtt_s, box));
  const rate = `${renderFigure(SRT.bitrate_bps, box)} of ${renderFigure(SRT.target_bps, box)}`;
  const head = ['uplink', `${uplink.phase}${reason}, ${rate}${rtt}`] as const;
  const links = (uplink.bond?.links ?? []).map((link) => {
    const [rttText = '-', loss, share] = [LINK.rtt_s, LINK.loss_ratio, LINK.share_ratio].map(
      (figure) => renderFigure(figure, link),
    );
    const text = `${link.id.padEnd(12)} ${link.state.padEnd(8)} ${rttText}, loss ${loss}, ${share}`;
    return ['', text] as const;
  });
  return [head, ...links];
}

function destinationRows({ destinations = [] }: BoxSnapshot): readonly Row[] {
  return destinations.map((one) => {
    const reason = one.reason === undefined ? '' : `: ${one.reason}`;
    const rate = optional('', renderFigure(DESTINATION.tx_bps, one));
    return ['', `${one.id.padEnd(12)} ${one.phase}${reason}${one.phase === 'off' ? '' : rate}`];
  });
}

function recordingRow(target: RecordingTarget): string {
  const { id, phase, reason } = target;
  const left = optional('room for ', renderFigure(VOLUME.remain_s, target));
  return `${id}: ${phase}${reason === undefined ? '' : `, ${reason}`}${left}`;
}

function powerRow(box: BoxSnapshot): string {
  const { power, battery } = box;
  if (battery.phase === 'absent') return `${power}, mains only`;
  if (battery.phase === 'unknown') return `${power}, battery unknown: ${battery.reason}`;
  const charge = optional('', renderFigure(BATTERY.soc_ratio, box));
  const left = optional('', renderFigure(BATTERY.runtime_s, box), ' left');
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

function machineRow(box: BoxSnapshot): string {
  if (box.system === undefined) return 'unknown';
  const temperature = renderFigure(STATUS.cpu_temp_c, box);
  const load = optional('', renderFigure(LOAD, box), ' busy');
  return `clock ${box.system.clock.phase}${optional('', temperature)}${load}`;
}

function childrenRow({ children }: BoxSnapshot): string {
  const parts = Object.entries(children).map(([name, { phase, restartsTotal }]) => {
    const restarts = restartsTotal === 0 ? '' : ` (${restartsTotal} restarts)`;
    return `${name} ${phase}${restarts}`;
  });
  return parts.length === 0 ? 'none' : parts.join(', ');
}

function alertLines(warnings: readonly Alert[], nowMs: number): readonly string[] {
  return warnings.flatMap(({ severity, key, text, advice, detail, sinceMs }) => [
    clean(`! ${severity} ${key}, for ${renderDuration((nowMs - sinceMs) / 1000)}: ${text}`),
    `    ${clean(advice)}`,
    ...(detail === undefined ? [] : [`    (${clean(detail)})`]),
  ]);
}

/** Behind a comma; nothing where the value is not known. */
function optional(before: string, value: string | undefined, after = ''): string {
  return value === undefined ? '' : `, ${before}${value}${after}`;
}

/** Names of devices and words of children come from outside: no terminal is steered by them. */
function clean(text: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what is taken out
  return text.replace(/[\0-\x1f\x7f-\x9f]/g, ' ');
}
