/** Settings of the child processes, from the config. Pure. */

import { join, resolve } from 'node:path';
import {
  AUDIO_FRAME_MS,
  type Graph,
  type GraphSettings,
  SAMPLE_RATE_HZ,
} from '../../pipelines/capture/graph.ts';
import type { CaptureSettings } from '../../pipelines/capture/messages.ts';
import type { EdgeSettings } from '../../pipelines/edge/messages.ts';
import { partTargetBeside } from '../../pipelines/hls/limits.ts';
import type { MediaSettings } from '../../pipelines/media/messages.ts';
import type { WantedTrack } from '../../pipelines/packager/track.ts';
import { uploadsFolder } from '../../pipelines/player/brand/branding.ts';
import type { SlateFiles, SlateSettings } from '../../pipelines/source/slate-files.ts';
import { AUDIO_TRACK, CLEAN_TRACK, OPUS_TRACK } from '../config/capture.ts';
import { type Config, ladderOf, topRendition } from '../config/config.ts';
import { UPLINK_TRACK, type UplinkConfig } from '../config/uplink.ts';
import { hasWhep } from '../config/viewers.ts';
import { givenAddress } from '../model/addresses.ts';
import type { Encoders } from './inputs/element-check.ts';
import { serverSettings } from './server-settings.ts';
import { iceOf } from './webrtc/ice.ts';

/** Of the sound for WebRTC; Opus of stereo music has no audible loss at it. */
const OPUS_BPS = 96_000;

/** Key frames by count, so that they fall on the same frame in every rendition. */
export function gopFrames({ camera, encoder }: Config): number {
  return Math.round((camera.fps * encoder.keyframe_ms) / 1000);
}

/** A part is a whole number of frames, as near to what was asked for as that goes. */
function partMs({ camera, viewers }: Config): number {
  const frames = Math.max(1, Math.round((viewers.part_ms * camera.fps) / 1000));
  return (frames * 1000) / camera.fps;
}

/**
 * What the encoders are to make.
 *
 * @param hasClean Recordings have an encoder of their own, beside a look.
 */
export function graphSettings(
  config: Config,
  hasSound: boolean,
  encoders: Encoders,
  hasClean = false,
): GraphSettings {
  const { camera, sound, encoder, renditions, uplink, viewers } = config;
  const toEncode = ({ name, width, height, bitrate_bps }: Config['renditions'][number]) => ({
    ...{ id: name, width, height, bitrateBps: bitrate_bps },
  });
  const clean = hasClean ? topRendition(config) : undefined;
  return {
    picture: { widthPx: camera.width, heightPx: camera.height, fps: camera.fps },
    hasSound,
    gopFrames: gopFrames(config),
    renditions: [...renditions, ...ownRendition(uplink)].map(toEncode),
    clean: clean && toEncode({ ...clean, name: CLEAN_TRACK }),
    audio: { id: AUDIO_TRACK, channels: sound.channels, bitrateBps: sound.bitrate_bps },
    encoder: encoders.video,
    speed: encoder.speed,
    audioEncoder: encoders.audio,
    ...(viewers.whep.port === 0 ? {} : { opus: { id: OPUS_TRACK, bitrateBps: OPUS_BPS } }),
  };
}

/** What is shown in the camera's place. @param stateFolder Where relative names of files begin. */
export function slateSettings({ camera, drop }: Config, stateFolder: string): SlateSettings {
  return {
    widthPx: camera.width,
    heightPx: camera.height,
    title: drop.title,
    text: camera.away_text,
    pictureFile: drop.picture_file === '' ? '' : resolve(stateFolder, drop.picture_file),
  };
}

/** How pictures and sound are fed to them. */
export function captureSettings(
  { camera, camera2, sound }: Config,
  hasSound: boolean,
  { launch, outputs }: Graph,
  slates: SlateFiles,
  slateUnits: readonly string[],
): CaptureSettings {
  return {
    launch,
    outputs,
    slates: slateUnits,
    picture: {
      widthPx: camera.width,
      heightPx: camera.height,
      fps: camera.fps,
      hasSecond: camera2 !== undefined,
      ...slates,
    },
    ...(hasSound
      ? {
          sound: {
            sampleRateHz: SAMPLE_RATE_HZ,
            channels: sound.pick ?? Array.from({ length: sound.channels }, (_, i) => i + 1),
          },
        }
      : {}),
  };
}

/** The uplink's picture, where it has one of its own. */
function ownRendition(uplink: UplinkConfig | undefined) {
  if (uplink === undefined || uplink.rendition !== '') return [];
  const { width, height, bitrate_bps } = uplink;
  return [{ name: UPLINK_TRACK, width, height, bitrate_bps }];
}

interface StreamNow {
  readonly hasSound: boolean;
  readonly hasClean?: boolean;
  /** Viewers still play the end of the one before: see `EndedStream`. */
  readonly isEnded?: boolean;
}

/** @param stateFolder Where relative folders of the config lie. */
export function mediaSettings(
  config: Config,
  { hasSound, hasClean = false, isEnded = false }: StreamNow,
  stateFolder: string,
  previewPath: string,
  firstMsn: number,
): MediaSettings {
  const { viewers, renditions, sound } = config;
  const video: readonly WantedTrack[] = [
    ...renditions.map(({ name }) => ({ id: name, kind: 'video' as const })),
    ...(hasClean ? [{ id: CLEAN_TRACK, kind: 'video' as const, isHidden: true }] : []),
  ];
  const bitrates = renditions.map(({ name, bitrate_bps }) => [name, bitrate_bps] as const);
  return {
    partTargetMs: hasSound ? partTargetBeside(partMs(config), AUDIO_FRAME_MS) : partMs(config),
    segmentMs: (gopFrames(config) * 1000) / config.camera.fps,
    windowS: viewers.window_s,
    firstMsn,
    tracks: hasSound ? [...video, { id: AUDIO_TRACK, kind: 'audio' }] : video,
    ladder: {
      bitratesBps: Object.fromEntries([
        ...bitrates,
        ...(hasSound ? [[AUDIO_TRACK, sound.bitrate_bps]] : []),
      ]),
      profiles: ladderOf(config),
    },
    drop: dropSettings(config, stateFolder),
    archive: archiveSettings(config, hasSound, stateFolder, hasClean),
    ended: { file: join(stateFolder, 'ended-stream.bin'), isServed: isEnded },
    previewPath,
    hasPush: viewers.push !== 'off',
    tokenSecretFile: config.clips.token_secret_file,
    server: serverSettings(config),
    ...whepOptions(config),
  };
}

function whepOptions(config: Config): Pick<MediaSettings, 'whep'> {
  if (!hasWhep(config)) return {};
  return { whep: { ...iceOf(config), tokenFile: config.viewers.whep.token_file } };
}

/** @param stateFolder Where the crew's uploads lie. */
export function edgeSettings(config: Config, stateFolder: string): EdgeSettings {
  const { edge, clips } = config;
  return {
    upstream: edge.upstream,
    maxBytes: edge.memory_mb * 1e6,
    hasPush: config.viewers.push !== 'off',
    drop: dropSettings(config, stateFolder),
    tokenSecretFile: clips.token_secret_file,
    server: serverSettings(config),
    ...whepOptions(config),
  };
}

/** What the guests' page plays by itself, the preferred way first. */
const WAYS: Readonly<Record<Config['viewers']['push'], readonly string[]>> = {
  off: ['parts'],
  by_hand: ['parts'],
  parts: ['push', 'parts'],
  frames: ['frames', 'push', 'parts'],
};

function dropSettings(
  { drop, viewers, recording }: Config,
  stateFolder: string,
): MediaSettings['drop'] {
  const address = givenAddress(viewers);
  const given = address === '' ? {} : { address };
  const shown = { title: drop.title, startsAt: drop.starts_at, hasReactions: drop.reactions };
  const dvrS = recording.targets.length > 0 ? recording.dvr_s : 0;
  // Those who have its token ask for it by themselves.
  const isOpen = hasWhep({ viewers }) && viewers.whep.token_file === '';
  const ways = [...(isOpen ? ['whep'] : []), ...WAYS[viewers.push]];
  const look = { brandingFolder: drop.branding_folder, uploadsFolder: uploadsFolder(stateFolder) };
  return { ...shown, dvrS, ways, ...look, ...given };
}

function archiveSettings(
  config: Config,
  hasSound: boolean,
  stateFolder: string,
  hasClean: boolean,
): MediaSettings['archive'] {
  const { recording, clips } = config;
  const top = topRendition(config)?.name ?? '';
  const sound = hasSound ? [AUDIO_TRACK] : [];
  const [lowest] = config.renditions.toSorted((a, b) => a.bitrate_bps - b.bitrate_bps);
  return {
    trackIds: [hasClean ? CLEAN_TRACK : top, ...sound],
    targets: recording.targets.map((target) => ({
      id: target.id,
      folder: resolve(stateFolder, target.folder),
      reserveBytes: target.reserve_mb * 1e6,
      reservePct: target.reserve_pct,
      policy: target.policy,
      isOwnVolume: target.own_volume,
    })),
    dvrS: recording.dvr_s,
    ...(clips.folder === ''
      ? {}
      : {
          clips: {
            folder: resolve(stateFolder, clips.folder),
            // What guests saw.
            clipTrackIds: [top, ...sound],
            previewTrackId: lowest?.name ?? '',
            maxClipS: clips.length_s,
            posterEveryS: clips.poster_every_s,
            limits: {
              maxClips: clips.keep,
              maxBytes: clips.max_mb * 1e6,
              reserveBytes: clips.reserve_mb * 1e6,
            },
          },
        }),
  };
}
