/** Which rhythm each lamp shows. Pure. */
import type { RhythmName } from '../../hal/gpio/rhythm.ts';
import { isRecordingShort, soundLevel } from '../health/thresholds.ts';
import { framesFlow } from '../model/freshness.ts';
import type { BoxSnapshot, RecordingTarget } from '../model/snapshot.ts';

export const LAMPS = ['power', 'on-air', 'links', 'sound', 'recording'] as const;
export type LampName = (typeof LAMPS)[number];

/**
 * What each lamp shows. The README's table is made of these words; a rhythm
 * means the same wherever it makes sense: steady is well, a short flash is at rest, gap
 * is well with something to know, flicker is look here now, long and short is
 * not known or broken.
 */
export function lampsOf(box: BoxSnapshot): Readonly<Record<LampName, RhythmName>> {
  const shown = { power: powerLamp(box), 'on-air': onAirLamp(box) };
  if (box.shedLoads.some(({ load }) => load === 'lamps')) {
    return { ...shown, links: 'off', sound: 'off', recording: 'off' };
  }
  return {
    ...shown,
    links: linksLamp(box),
    sound: soundLamp(box),
    recording: recordingLamp(box),
  };
}

function powerLamp({ battery, power, system }: BoxSnapshot): RhythmName {
  if (power === 'shut-down') return 'flicker';
  if (power === 'last-minutes') return 'triple';
  if (power === 'saving') return 'double';
  if (system?.throttling?.isUnderVoltage === true || battery.phase === 'unknown') {
    return 'longShort';
  }
  return battery.phase === 'known' && battery.mains === 'off' ? 'gap' : 'steady';
}

function onAirLamp(box: BoxSnapshot): RhythmName {
  switch (box.drop.phase) {
    case 'idle':
      return idleLamp(box);
    case 'preflight':
      return 'blink';
    case 'armed':
      return 'double';
    case 'live':
      return hasPicture(box) ? 'steady' : 'flicker';
    case 'ending':
      return 'gap';
    case 'fault':
      return 'longShort';
  }
}

/** What runs before a drop, and a checklist that failed since the box is idle. */
function idleLamp({ readiness, drop }: BoxSnapshot): RhythmName {
  if (readiness?.running !== undefined) return 'blink';
  const { checklist } = readiness ?? {};
  const hasFailed = checklist?.verdict === 'fail' && Date.parse(checklist.taken) >= drop.sinceMs;
  return hasFailed ? 'triple' : 'flash';
}

function linksLamp(box: BoxSnapshot): RhythmName {
  const { uplink } = box;
  if (uplink === undefined || uplink.phase === 'off') return 'off';
  if (!isRunning(box, 'uplink') || has(box, 'uplink-silent')) return 'longShort';
  if (uplink.phase === 'connecting') return 'blink';
  const links = uplink.bond?.links.filter(({ isEnabled }) => isEnabled) ?? [];
  if (links.length === 0) return 'steady';
  const active = links.filter(({ state }) => state === 'active').length;
  if (active === 0) return 'flicker';
  if (active === links.length) return 'steady';
  return active === 1 ? 'double' : 'gap';
}

function soundLamp(box: BoxSnapshot): RhythmName {
  const { sound, levels } = box;
  if (sound === 'none') return 'off';
  // An idle box listens to nothing.
  if (box.drop.phase === 'idle' || box.drop.phase === 'fault') return 'flash';
  if (!isRunning(box, 'media') || !isRunning(box, 'capture') || levels === undefined) {
    return 'longShort';
  }
  if (isStale(box)) return 'longShort';
  const level = soundLevel(levels.peakDbfs);
  if (has(box, 'sound-clips') || level === 'clipped') return 'flicker';
  if (has(box, 'sound-channel-missing')) return 'gap';
  return has(box, 'sound-silent') || level === 'silent' ? 'blink' : 'steady';
}

function recordingLamp(box: BoxSnapshot): RhythmName {
  const { recording, drop } = box;
  if (recording.length === 0) return 'off';
  const count = (phase: RecordingTarget['phase']) =>
    recording.filter((target) => target.phase === phase).length;
  if (drop.phase !== 'live' && drop.phase !== 'ending') {
    return count('failed') > 0 ? 'gap' : 'flash';
  }
  if (!isRunning(box, 'media') || isStale(box)) return 'longShort';
  // At the end they are closed one after the other: only a failed one counts.
  if (drop.phase === 'ending') return count('failed') > 0 ? 'gap' : 'steady';
  if (count('recording') === 0) return 'flicker';
  if (count('recording') < recording.length) return 'gap';
  return recording.some(isRecordingShort) ? 'double' : 'steady';
}

function hasPicture(box: BoxSnapshot): boolean {
  return framesFlow(box) && !isStale(box) && isRunning(box, 'capture');
}

/** The last report of a hung child counts as current; health raises an alert when it is too old. */
function isStale(box: BoxSnapshot): boolean {
  return has(box, 'media-silent');
}

function has({ warnings }: BoxSnapshot, key: string): boolean {
  return warnings.some((warning) => warning.key === key);
}

function isRunning({ children }: BoxSnapshot, name: string): boolean {
  return children[name]?.phase === 'running';
}
