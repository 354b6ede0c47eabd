import { withoutStale } from '../../model/freshness.ts';
import { clipText, orNull, round, rounded } from '../../model/rounding.ts';
import type { BoxSnapshot, RecordingTarget, Warning } from '../../model/snapshot.ts';
import { reportAudio, type Silence } from './report-audio.ts';
import { reportLinks } from './report-links.ts';
import { reportStream } from './report-stream.ts';
import type { Body } from './topics.ts';

/** What does not change while the box runs, and no snapshot tells. */
export interface BoxFacts {
  /** Of the computer, where it says. */
  readonly model?: string;
  readonly nodeVersion: string;
  readonly renditions: readonly string[];
  readonly capabilities: readonly string[];
  readonly drop: { readonly title: string /** RFC 3339, or empty. */; readonly startsAt: string };
}

export interface Moment {
  readonly wallMs: number;
  readonly silence: Silence;
}

/** Everything that is renewed by the clock. Pure: a snapshot in, payloads out. */
export function reportTelemetry(box: BoxSnapshot, facts: BoxFacts, { wallMs, silence }: Moment) {
  const snapshot = withoutStale(box);
  return {
    status: reportStatus(snapshot, wallMs),
    links: reportLinks(snapshot),
    stream: reportStream(snapshot, facts.renditions),
    audio: reportAudio(snapshot.levels, silence),
    battery: reportBattery(snapshot),
    camera: reportCamera(snapshot),
    printer: reportPrinter(snapshot),
    storage: reportStorage(snapshot.recording),
  };
}

export function isLive({ drop }: BoxSnapshot): boolean {
  return drop.phase === 'live' || drop.phase === 'ending';
}

export function reportInfo(snapshot: BoxSnapshot, facts: BoxFacts): Body<'info'> {
  const addresses = (snapshot.system?.interfaces ?? [])
    .filter(({ name, isUp }) => isUp && name !== 'lo')
    .flatMap((one) => one.addresses);
  return {
    name: snapshot.name,
    model: orNull(facts.model, (model) => clipText(model, 128)),
    versions: { venuebox: clipText(snapshot.version, 64), node: clipText(facts.nodeVersion, 64) },
    addresses: addresses.slice(0, 32),
    capabilities: facts.capabilities.slice(0, 32),
  };
}

export function reportDrop({ drop }: BoxSnapshot, facts: BoxFacts): Body<'drop'> {
  return {
    id: drop.dropId ?? null,
    title: facts.drop.title,
    starts_at: facts.drop.startsAt === '' ? null : facts.drop.startsAt,
    phase: drop.phase,
    since: rfc3339(drop.sinceMs),
  };
}

export function reportAlert(warning: Warning): Body<'alert'> {
  const { key, severity, sinceMs, text, advice, detail } = warning;
  return {
    key: topicLevel(key),
    severity,
    since: rfc3339(sinceMs),
    text: clipText(text, 512),
    advice: clipText(advice, 512),
    detail: orNull(detail, (reason) => clipText(reason, 256)),
  };
}

/** A key as one level of a topic: whatever it holds, it stays below its own. */
export function topicLevel(key: string): string {
  const level = key.toLowerCase().replace(/[^a-z0-9.-]/g, '-');
  return level.replace(/^[^a-z0-9]*/, '').slice(0, 63) || 'unnamed';
}

export function rfc3339(wallMs: number): string {
  return new Date(wallMs).toISOString();
}

function reportStatus(snapshot: BoxSnapshot, wallMs: number): Body<'status'> {
  const { drop, system, warnings } = snapshot;
  const throttling = system?.throttling;
  const clock = system?.clock;
  return {
    state: drop.phase,
    drop: drop.dropId ?? null,
    since: rfc3339(drop.sinceMs),
    reason: orNull(drop.reason, (reason) => clipText(reason, 256)),
    health: healthOf(snapshot),
    reasons: warnings
      .filter(({ severity }) => severity !== 'info')
      .slice(0, 16)
      .map(({ key }) => key),
    power: snapshot.power,
    resting: snapshot.shedLoads.map(({ load }) => load).slice(0, 8),
    uptime_s: Math.max(0, Math.round((wallMs - Date.parse(snapshot.startedAt)) / 1000)),
    cpu_temp_c: rounded(system?.cpuC, 1),
    throttled: orNull(throttling, (now) => now.isUnderVoltage || now.isSlowed || now.isHot),
    // The kernel tells a bound of the error, not the offset itself.
    clock_offset_s: null,
    clock_error_s: rounded(orNull(clock?.maxErrorMs, (ms) => ms / 1000) ?? undefined, 3),
    clock_synced:
      clock === undefined || clock.phase === 'unknown' ? null : clock.phase === 'synchronised',
  };
}

function healthOf({ drop, warnings }: BoxSnapshot): Body<'status'>['health'] {
  const has = (severity: Warning['severity']) => warnings.some((one) => one.severity === severity);
  if (drop.phase === 'fault' || has('critical')) return 'failed';
  return has('warning') ? 'degraded' : 'ok';
}

function reportBattery({ battery }: BoxSnapshot): Body<'battery'> {
  const known = battery.phase === 'known' ? battery : undefined;
  const mains = battery.phase === 'absent' ? 'unknown' : battery.mains;
  return {
    source: battery.phase === 'absent' ? null : clipText(battery.source, 128),
    soc_ratio: rounded(orNull(known?.chargePct, (pct) => clamp(pct / 100)) ?? undefined, 3),
    voltage_v: milli(known?.voltageMv),
    current_a: milli(known?.currentMa),
    power_w: milli(known?.powerMw),
    temp_c: null,
    runtime_s: rounded(known?.timeLeftS, 0),
    mains: mains === 'unknown' ? null : mains === 'on',
    charging: known?.isCharging ?? null,
  };
}

function reportCamera({ camera, children, media }: BoxSnapshot): Body<'camera'> {
  return {
    model: clipText(camera, 128),
    state: children['capture']?.phase ?? 'unknown',
    fps: rounded(media?.framesPerS, 1),
    exposure_s: null,
    gain: null,
    lut: null,
  };
}

const PAPER = { ok: 'ok', low: 'near-end', out: 'out' } as const;

function reportPrinter({ printer, prints }: BoxSnapshot): Body<'printer'> {
  const known = printer.phase === 'known' ? printer : undefined;
  const away = printer.phase === 'away' ? printer.reason : undefined;
  return {
    state: printer.phase === 'known' ? (printer.isOnline ? 'online' : 'offline') : printer.phase,
    paper: known === undefined ? 'unknown' : PAPER[known.paper],
    cover: known === undefined ? 'unknown' : known.isCoverOpen ? 'open' : 'closed',
    fault: orNull(known?.fault ?? away, (reason) => clipText(reason, 256)),
    queue: prints?.waiting ?? null,
    printed: prints?.printedTotal ?? null,
    failed: prints?.failedTotal ?? null,
  };
}

function reportStorage(recording: readonly RecordingTarget[]): Body<'storage'> {
  const remaining = recording.flatMap(({ remainingS }) => remainingS ?? []);
  return {
    recordings: recording.filter(({ phase }) => phase === 'recording').length,
    // The recording ends where the first disk is full.
    remain_s: remaining.length === 0 ? null : round(Math.min(...remaining), 0),
    vols: recording.slice(0, 8).map((target) => ({
      role: target.id,
      state: target.phase,
      free_b: rounded(target.freeBytes, 0),
      remain_s: rounded(target.remainingS, 0),
      write_bps: rounded(target.writtenBps, 0),
      health: target.phase === 'failed' ? 'failed' : 'ok',
      reason: orNull(target.reason, (reason) => clipText(reason, 256)),
      lag_s: rounded(orNull(target.lagMs, (ms) => ms / 1000) ?? undefined, 3),
    })),
  };
}

function milli(value: number | undefined): number | null {
  return value === undefined ? null : rounded(value / 1000, 3);
}

function clamp(ratio: number): number {
  return Math.min(1, Math.max(0, ratio));
}
