import { CLIPPED_DBFS, QUIET_DBFS } from '../../pipelines/media/levels.ts';
import type { Facts } from './facts.ts';
import type { Finding, Rule } from './step.ts';

/** Children, picture, sound, viewers. */

/** Figures come once a second. */
const SILENT_MS = 5_000;
/** A restart is over in a second; so many a minute are none. */
const UNSTEADY_RESTARTS = 3;
/** One channel of a pair plays, the other does not. */
const PLAYS_DBFS = -40;

/** What is over at once stays to be seen for so long. */
const SEEN_MS = 20_000;

const CHILD_ADVICE = 'It is started again by itself. If it stays, look at the journal.';

export const MEDIA_RULES: readonly Rule[] = [
  {
    key: '*-down',
    severity: 'critical',
    afterMs: 1_500,
    holdMs: 3_000,
    advice: CHILD_ADVICE,
    find: ({ box }) =>
      childrenWhere(
        box.children,
        ({ phase }) => phase === 'pausing',
        (name, why) => `${name} is down${why}`,
      ),
  },
  {
    key: '*-died',
    severity: 'warning',
    afterMs: 0,
    holdMs: SEEN_MS,
    advice: CHILD_ADVICE,
    find: ({ box, died }) =>
      childrenWhere(
        box.children,
        (_, name) => died.includes(name),
        (name, why) => `${name} died and is started again${why}`,
      ),
  },
  {
    key: '*-restarting',
    severity: 'warning',
    afterMs: 0,
    holdMs: 30_000,
    advice: CHILD_ADVICE,
    find: ({ box, restarts }) =>
      childrenWhere(
        box.children,
        (_, name) => (restarts[name] ?? 0) >= UNSTEADY_RESTARTS,
        (name, why) => `${name} is started again and again${why}`,
      ),
  },
  {
    key: 'media-silent',
    severity: 'critical',
    afterMs: 0,
    holdMs: 2_000,
    advice: 'The media process hangs and is started anew by itself. If it stays, restart the box.',
    find: ({ box, isMediaHung, partlessMs }) => {
      if (box.children['media']?.phase !== 'running') return undefined;
      if (isMediaHung) return 'the media process says nothing';
      return partlessMs >= SILENT_MS
        ? 'frames come, and the media process makes nothing of them'
        : undefined;
    },
  },
  {
    key: 'no-picture',
    severity: 'critical',
    afterMs: 3_000,
    holdMs: 3_000,
    advice: 'Check that the camera is plugged in and on.',
    find: ({ box }) =>
      isOnAir(box) && box.media?.isFlowing !== true
        ? `no frames come from ${box.camera}`
        : undefined,
  },
  {
    key: 'sound-missing',
    severity: 'critical',
    afterMs: 5_000,
    holdMs: 3_000,
    advice: 'Check that the sound card is plugged in.',
    find: ({ box, ageMs }) =>
      isListening(box) && (ageMs.levels === undefined || ageMs.levels >= SILENT_MS)
        ? `no sound comes from ${box.sound}`
        : undefined,
  },
  {
    key: 'sound-silent',
    severity: 'warning',
    afterMs: 10_000,
    holdMs: 2_000,
    advice: 'Check cables, gain and phantom power.',
    find: ({ box, peakDbfs }) =>
      isListening(box) && isQuiet(peakDbfs) ? 'silence on all channels' : undefined,
  },
  {
    key: 'sound-channel-missing',
    severity: 'warning',
    afterMs: 10_000,
    holdMs: 3_000,
    advice: 'Check the cable of that channel, or set sound.channels to 1.',
    find: ({ box, peakDbfs }) => {
      if (!isListening(box) || peakDbfs === undefined || Math.max(...peakDbfs) < PLAYS_DBFS) {
        return undefined;
      }
      const missing = peakDbfs.flatMap((peak, i) => (peak < QUIET_DBFS ? [i + 1] : []));
      return missing.length === 0 ? undefined : `channel ${missing.join(', ')} is silent`;
    },
  },
  {
    key: 'sound-clips',
    severity: 'warning',
    afterMs: 0,
    holdMs: 5_000,
    advice: 'Turn the gain down until the loudest part stays below -6 dBFS.',
    find: ({ box, peakDbfs }) =>
      isListening(box) && (peakDbfs ?? []).some((peak) => peak >= CLIPPED_DBFS)
        ? 'the sound is too loud and cut off'
        : undefined,
  },
  {
    key: 'viewers-port',
    severity: 'critical',
    afterMs: 1_000,
    holdMs: 3_000,
    advice: 'End the other program, or set another viewers.port.',
    find: ({ box }) => {
      const media = box.children['media'];
      const isPort = /\bport \d+/.test(media?.lastFailure ?? '');
      return media?.phase === 'pausing' && isPort ? media.lastFailure?.slice(0, 200) : undefined;
    },
  },
  {
    key: 'viewers-refused',
    severity: 'warning',
    afterMs: 0,
    holdMs: 30_000,
    advice: 'Raise viewers.max_connections, or put a cache in front of the box.',
    find: ({ refused }) =>
      refused > 0 ? 'viewers are turned away: too many connections' : undefined,
  },
];

type Box = Facts['box'];

function isOnAir({ drop, children }: Box): boolean {
  const isWanted = drop.phase === 'live' || drop.phase === 'armed';
  // A child that is down is told of by itself.
  return isWanted && children['capture']?.phase === 'running';
}

function isListening(box: Box): boolean {
  return isOnAir(box) && box.sound !== 'none';
}

function isQuiet(peakDbfs: readonly number[] | undefined): boolean {
  return peakDbfs !== undefined && peakDbfs.length > 0 && Math.max(...peakDbfs) < QUIET_DBFS;
}

function childrenWhere(
  children: Box['children'],
  isSo: (child: Box['children'][string], name: string) => boolean,
  tell: (name: string, why: string) => string,
): readonly Finding[] {
  return Object.entries(children)
    .filter(([name, child]) => isSo(child, name))
    .map(([name, { lastFailure }]) => {
      const why = lastFailure === undefined ? '' : `: ${lastFailure.slice(0, 160)}`;
      return { id: name, text: tell(name, why) };
    });
}
