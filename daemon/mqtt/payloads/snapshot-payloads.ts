/** The payloads of a snapshot. Pure. */
import { STATUS } from '../../figures/box.ts';
import { BATTERY, CAMERA, PRINTER, STORAGE, VOLUME } from '../../figures/devices.ts';
import { readAll } from '../../figures/figure.ts';
import { EDGE, HLS, LATENCY, STREAM } from '../../figures/media.ts';
import { SRT } from '../../figures/uplink.ts';
import { withoutStale } from '../../model/freshness.ts';
import { healthOf } from '../../model/phase.ts';
import type { ShownDrop } from '../../model/planned-drops.ts';
import { clipText, orNull } from '../../model/rounding.ts';
import type { Alert, BoxSnapshot, RecordingTarget } from '../../model/snapshot.ts';
import { audioBody, type Silence } from './audio-payload.ts';
import { linksBody } from './links-payload.ts';
import type { Body } from './topics.ts';

/** What does not change while the box runs, and is not in a snapshot. */
export interface BoxFacts {
  /** Of the computer, where it says. */
  readonly model?: string;
  readonly nodeVersion: string;
  readonly renditions: readonly string[];
  readonly capabilities: readonly string[];
  /** Of the config. */
  readonly drop: ShownDrop;
}

export interface Moment {
  readonly wallMs: number;
  readonly silence: Silence;
  /** Addresses that are known. */
  readonly pages?: { readonly viewers?: string; readonly picture?: string };
}

/** The payloads that are published periodically. */
export function telemetryBody(box: BoxSnapshot, facts: BoxFacts, moment: Moment) {
  const { wallMs, silence, pages = {} } = moment;
  const snapshot = withoutStale(box);
  return {
    status: statusBody(snapshot, wallMs),
    links: linksBody(snapshot),
    stream: streamBody(snapshot, facts.renditions),
    audio: audioBody(snapshot.levels, silence),
    viewers: viewersBody(pages),
    battery: batteryBody(snapshot),
    camera: cameraBody(snapshot),
    printer: printerBody(snapshot),
    storage: storageBody(snapshot),
  };
}

export function isLive({ drop }: BoxSnapshot): boolean {
  return drop.phase === 'live' || drop.phase === 'ending';
}

export function infoBody(snapshot: BoxSnapshot, facts: BoxFacts): Body<'info'> {
  const addresses = (snapshot.system?.interfaces ?? [])
    .filter(({ name, isUp }) => isUp && name !== 'lo')
    .flatMap((one) => one.addresses);
  return {
    name: snapshot.name,
    model: orNull(facts.model, (model) => clipText(model, 128)),
    versions: { venuebox: clipText(snapshot.version, 64), node: clipText(facts.nodeVersion, 64) },
    addresses: addresses.slice(0, 32),
    wifi_not_joined: orNull(snapshot.hotspot?.notJoined, (ssid) => clipText(ssid, 32)),
    wifi_reason: snapshot.hotspot?.why ?? null,
    capabilities: facts.capabilities.slice(0, 32),
  };
}

export function dropBody({ drop, plannedDrops }: BoxSnapshot, facts: BoxFacts): Body<'drop'> {
  const { id, title, startsAt, endsAt } = plannedDrops?.shown ?? facts.drop;
  return {
    id: drop.dropId ?? null,
    planned: id === '' ? null : id,
    title: title,
    starts_at: startsAt === '' ? null : startsAt,
    ends_at: endsAt === '' ? null : endsAt,
    phase: drop.phase,
    since: rfc3339(drop.sinceMs),
  };
}

/** Undefined where the box has no list of coming drops. */
export function dropsBody({ plannedDrops }: BoxSnapshot): Body<'drops'> | undefined {
  const { list, faults } = plannedDrops ?? { list: [], faults: [] };
  if (list.length === 0 && faults.length === 0) return undefined;
  return {
    list: list.slice(0, 100).map(({ id, title, startsAt, endsAt, phase }) => ({
      ...{ id, title, phase },
      starts_at: startsAt === '' ? null : startsAt,
      ends_at: endsAt === '' ? null : endsAt,
    })),
    faults: faults.slice(0, 50).map((fault) => clipText(fault, 512)),
  };
}

export function alertBody(warning: Alert): Body<'alert'> {
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

/** A key as one level of a topic, whatever characters it has. */
export function topicLevel(key: string): string {
  const level = key.toLowerCase().replace(/[^a-z0-9.-]/g, '-');
  return level.replace(/^[^a-z0-9]*/, '').slice(0, 63) || 'unnamed';
}

export function rfc3339(wallMs: number): string {
  return new Date(wallMs).toISOString();
}

function statusBody(snapshot: BoxSnapshot, wallMs: number): Body<'status'> {
  const { drop, warnings } = snapshot;
  return {
    ...readAll(STATUS, snapshot),
    drop: drop.dropId ?? null,
    since: rfc3339(drop.sinceMs),
    reason: orNull(drop.reason, (reason) => clipText(reason, 256)),
    health: healthOf(snapshot),
    reasons: warnings
      .filter(({ severity }) => severity !== 'info')
      .slice(0, 16)
      .map(({ key }) => key),
    shed: snapshot.shedLoads.map(({ load }) => load).slice(0, 8),
    uptime_s: Math.max(0, Math.round((wallMs - Date.parse(snapshot.startedAt)) / 1000)),
  };
}

function streamBody(snapshot: BoxSnapshot, renditions: readonly string[]): Body<'stream'> {
  const { encoder, media } = snapshot;
  return {
    state: media === undefined ? 'off' : media.isFlowing ? 'flowing' : 'starting',
    encoder: clipText(encoder, 64),
    renditions: renditions.slice(0, 8),
    ...readAll(STREAM, snapshot),
    srt: readAll(SRT, snapshot),
    hls: { ...readAll(HLS, snapshot), latency_s: readAll(LATENCY, snapshot) },
    edge: media?.edge === undefined ? null : readAll(EDGE, media.edge),
  };
}

function viewersBody({ viewers, picture }: NonNullable<Moment['pages']>): Body<'viewers'> {
  return {
    url: orNull(viewers, (url) => clipText(url, 256)),
    picture_url: orNull(picture, (url) => clipText(url, 512)),
  };
}

function batteryBody(snapshot: BoxSnapshot): Body<'battery'> {
  const { battery } = snapshot;
  return {
    source: battery.phase === 'absent' ? null : clipText(battery.source, 128),
    ...readAll(BATTERY, snapshot),
  };
}

function cameraBody(snapshot: BoxSnapshot): Body<'camera'> {
  const { look } = snapshot;
  return {
    model: clipText(snapshot.camera, 128),
    state: snapshot.children['camera']?.phase ?? 'unknown',
    ...readAll(CAMERA, snapshot),
    lut: look?.phase === 'shown' ? clipText(look.name, 128) : null,
  };
}

function printerBody(snapshot: BoxSnapshot): Body<'printer'> {
  const { printer } = snapshot;
  const known = printer.phase === 'known' ? printer : undefined;
  const away = printer.phase === 'away' ? printer.reason : undefined;
  return {
    state: printer.phase === 'known' ? (printer.isOnline ? 'online' : 'offline') : printer.phase,
    fault: orNull(known?.fault ?? away, (reason) => clipText(reason, 256)),
    ...readAll(PRINTER, snapshot),
  };
}

function storageBody(snapshot: BoxSnapshot): Body<'storage'> {
  return { ...readAll(STORAGE, snapshot), vols: snapshot.recording.slice(0, 8).map(volumeBody) };
}

function volumeBody(target: RecordingTarget): Body<'storage'>['vols'][number] {
  return {
    role: target.id,
    state: target.phase,
    health: target.phase === 'failed' ? 'failed' : 'ok',
    reason: orNull(target.reason, (reason) => clipText(reason, 256)),
    ...readAll(VOLUME, target),
  };
}
