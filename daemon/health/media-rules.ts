/** Alerts of the child processes, the picture, the sound and the viewers. */
import type { Facts } from './facts.ts';
import { isOfCamera, noSound, sourceAdvice, sourceFault, sourceName } from './source-words.ts';
import type { Finding, Rule } from './step.ts';
import { isClipped, quietChannels, STALE_MS, soundLevel } from './thresholds.ts';

/** What is over at once stays visible for so long. */
const VISIBLE_MS = 20_000;

/** What stops the media process, and all that it does with it. */
const MEDIA = ['media-down', 'media-silent', 'viewers-port'];
/** What stops picture and sound both. */
const ENCODERS = [...MEDIA, 'capture-down'];

const RETRIED = 'The box keeps trying by itself.';

/** Processes by what a host knows them for; those of cameras and sound depend on their drivers. */
export const CHILDREN: Readonly<
  Record<string, { readonly name: string; readonly advice: string }>
> = {
  capture: {
    name: 'The encoder',
    advice: `${RETRIED} If this stays, restart the box.`,
  },
  media: {
    name: 'The stream for viewers',
    advice: `${RETRIED} If this stays, restart the box.`,
  },
  uplink: {
    name: 'The uplink',
    advice: `Guests in the room can still watch. ${RETRIED}`,
  },
  whep: {
    name: 'The fast stream for viewers',
    advice: `Guests in the room can still watch. ${RETRIED}`,
  },
  whip: {
    name: 'The phone as a camera',
    advice: `Connect the phone or OBS again. ${RETRIED}`,
  },
  srt: {
    name: 'The phone as a camera',
    advice: `Connect the phone or OBS again. ${RETRIED}`,
  },
  relay: {
    name: 'The simulated internet',
    advice: RETRIED,
  },
};

export const MEDIA_RULES: readonly Rule[] = [
  {
    key: '*-down',
    severity: 'critical',
    afterMs: 1_500,
    holdMs: 3_000,
    advice: RETRIED,
    dependsOn: ['viewers-port', 'media-silent'],
    find: ({ box, failing }) =>
      failing
        .filter((name) => name === 'media' || !failing.includes('media'))
        .map((name) => describeDown(name, box)),
  },
  {
    key: '*-died',
    severity: 'warning',
    afterMs: 0,
    holdMs: VISIBLE_MS,
    advice:
      'It recovered by itself. If this happens again, save a support file (section Support) and send it to your support.',
    dependsOn: ['*-down', 'media-silent', 'viewers-port'],
    find: ({ box, died }) =>
      died.map((name) => ({
        id: name,
        text: `${nameOf(name, box)} failed and was restarted`,
        detail: box.children[name]?.lastFailure,
      })),
  },
  {
    key: 'media-silent',
    severity: 'critical',
    afterMs: 0,
    holdMs: 2_000,
    advice: 'It is restarted by itself. If this stays, restart the box.',
    find: ({ box, isMediaStalled, partlessMs, stalledTrack }) => {
      if (box.children['media']?.phase !== 'running') return undefined;
      const text = 'The stream for viewers has stalled';
      if (isMediaStalled) return { text, detail: 'the media process sends no reports' };
      return partlessMs >= STALE_MS && stalledTrack === undefined
        ? { text, detail: 'frames arrive, and the media process makes no parts of them' }
        : undefined;
    },
  },
  {
    key: 'stream-stalled',
    severity: 'critical',
    afterMs: 0,
    holdMs: 10_000,
    advice: 'It is restarted by itself. If this happens again, restart the box.',
    dependsOn: MEDIA,
    find: ({ box, stalledTrack }) => {
      if (stalledTrack === undefined || box.drop.phase !== 'live') return undefined;
      const { trackId, forMs } = stalledTrack;
      return {
        text: 'Guests get no new picture or sound',
        detail: `${trackId}: no part was published for ${(forMs / 1000).toFixed(1)} s`,
      };
    },
  },
  {
    key: 'no-picture',
    severity: 'critical',
    afterMs: 3_000,
    holdMs: 3_000,
    advice: 'Check that the camera is plugged in and switched on.',
    dependsOn: [...ENCODERS, 'camera-down'],
    find: ({ box }) => {
      const { phase, second } = box.sources?.camera ?? {};
      // The one on air, where there are two.
      const isSecond = second?.isOnAir === true;
      const isLive = box.media?.isFlowing === true && phase !== 'dimmed' && phase !== 'title';
      return isOnAir(box) && !isLive
        ? {
            text: 'No picture from the camera',
            detail: `no frames from ${isSecond ? 'camera 2' : box.camera}`,
            advice: sourceAdvice(isSecond ? 'camera2' : 'camera', box.drivers),
          }
        : undefined;
    },
  },
  {
    key: 'sound-missing',
    severity: 'critical',
    afterMs: 5_000,
    holdMs: 3_000,
    advice: 'Check that the sound card is plugged in.',
    dependsOn: [...ENCODERS, 'sound-down'],
    find: ({ box, ageMs }) => {
      const isAway = box.sources?.sound?.phase === 'silent';
      return hasSound(box) && (isAway || ageMs.levels === undefined || ageMs.levels >= STALE_MS)
        ? {
            text: noSound(box.drivers),
            detail: `no samples from ${box.sound}`,
            advice: sourceAdvice('sound', box.drivers),
          }
        : undefined;
    },
  },
  {
    key: 'sound-silent',
    severity: 'warning',
    afterMs: 10_000,
    holdMs: 2_000,
    advice: 'Check that the sound card is plugged in, then cables, gain and phantom power.',
    dependsOn: ['sound-missing', 'sound-down', ...ENCODERS],
    find: ({ box, peakDbfs }) =>
      hasSound(box) && soundLevel(peakDbfs ?? []) === 'silent'
        ? {
            text: 'Silence on all sound channels',
            ...(isOfCamera(box.drivers) && { advice: sourceAdvice('sound', box.drivers) }),
          }
        : undefined,
  },
  {
    key: 'sound-channel-missing',
    severity: 'warning',
    afterMs: 10_000,
    holdMs: 3_000,
    advice: 'Check the cable of that channel, or set sound.channels to 1.',
    dependsOn: ['sound-missing', 'sound-silent', 'sound-down', ...ENCODERS],
    find: ({ box, peakDbfs }) => {
      const quiet = hasSound(box) && peakDbfs !== undefined ? quietChannels(peakDbfs) : [];
      return quiet.length === 0 ? undefined : `Sound channel ${quiet.join(', ')} is silent`;
    },
  },
  {
    key: 'sound-clips',
    severity: 'warning',
    afterMs: 0,
    holdMs: 5_000,
    advice: 'Turn the gain down until the loudest part stays below -6 dBFS.',
    dependsOn: ['sound-missing', 'sound-down', ...ENCODERS],
    find: ({ box, peakDbfs = [] }) =>
      hasSound(box) && peakDbfs.some(isClipped) ? 'The sound is too loud and distorts' : undefined,
  },
  {
    key: 'viewers-port',
    severity: 'critical',
    afterMs: 1_000,
    holdMs: 3_000,
    advice: 'Stop the other program, or change viewers.port.',
    find: ({ box, failing }) => {
      const media = box.children['media'];
      return failing.includes('media') && media?.failureCode === 'PORT_TAKEN'
        ? { text: 'Another program uses the port for viewers', detail: media.lastFailure }
        : undefined;
    },
  },
  {
    key: 'viewers-refused',
    severity: 'warning',
    afterMs: 0,
    holdMs: 30_000,
    advice: 'Raise viewers.max_connections, or put a cache in front of the box.',
    find: ({ refused }) =>
      refused > 0
        ? { text: 'Too many viewers: some are turned away', detail: 'connection limit reached' }
        : undefined,
  },
];

type Box = Facts['box'];

function isOnAir({ drop, children }: Box): boolean {
  const isWanted = drop.phase === 'live' || drop.phase === 'armed';
  return isWanted && children['capture']?.phase === 'running';
}

function hasSound(box: Box): boolean {
  return isOnAir(box) && box.sound !== 'none';
}

function describeDown(id: string, box: Box): Finding {
  const { lastFailure, failureCode } = box.children[id] ?? {};
  const advice =
    id === 'camera' || id === 'camera2' || id === 'sound'
      ? `${sourceAdvice(id, box.drivers)} ${RETRIED}`
      : CHILDREN[id]?.advice;
  return {
    id,
    text: sourceFault(id, failureCode, box.drivers) ?? `${nameOf(id, box)} is not working`,
    detail: lastFailure,
    ...(advice === undefined ? {} : { advice }),
  };
}

function nameOf(id: string, { drivers }: Box): string {
  return sourceName(id, drivers) ?? CHILDREN[id]?.name ?? id;
}
