/** Checks that GStreamer has the elements that the config needs. */
import type { LaunchFragment } from '../../../hal/gst/launch.ts';
import { runCommand } from '../../../hal/os/process.ts';
import {
  type AudioEncoder,
  chooseAudioEncoder,
  chooseVideoEncoder,
  type VideoEncoder,
} from '../../../pipelines/capture/encoder.ts';
import { PipelineError } from '../../../pipelines/errors/pipeline-error.ts';
import type { UplinkConfig } from '../../config/uplink.ts';

/** Elements every capture pipeline is made of, with the Debian package that brings each. */
const NEEDED: Readonly<Record<string, string>> = {
  videorate: 'gstreamer1.0-plugins-base',
  videoscale: 'gstreamer1.0-plugins-base',
  audioresample: 'gstreamer1.0-plugins-base',
  h264parse: 'gstreamer1.0-plugins-bad',
  aacparse: 'gstreamer1.0-plugins-good',
  gdppay: 'gstreamer1.0-plugins-bad',
};

/** What the uplink adds. */
const NEEDED_UPSTREAM: Readonly<Record<string, string>> = {
  gdpdepay: 'gstreamer1.0-plugins-bad',
  mpegtsmux: 'gstreamer1.0-plugins-bad',
  srtsink: 'gstreamer1.0-plugins-bad',
};

/** What an RTMP destination adds. */
const NEEDED_RTMP: Readonly<Record<string, string>> = {
  gdpdepay: 'gstreamer1.0-plugins-bad',
  flvmux: 'gstreamer1.0-plugins-good',
  rtmp2sink: 'gstreamer1.0-plugins-bad',
};

/** What viewers by WebRTC add. */
const NEEDED_WHEP: Readonly<Record<string, string>> = { opusenc: 'gstreamer1.0-plugins-base' };

/** gst-inspect scans all plug-ins at its first run on a machine; a Pi takes its time. */
const INSPECT_TIMEOUT_MS = 60_000;

export interface Encoders {
  readonly video: VideoEncoder;
  readonly audio: AudioEncoder | undefined;
}

/**
 * Looks for what the pipeline needs before anything opens.
 *
 * @param hasWhep Viewers get the stream by WebRTC, too.
 * @throws PipelineError NO_ENCODER or BAD_LAUNCH, naming the packages to install.
 */
export async function findEncoders(
  wanted: 'auto' | VideoEncoder,
  uplink: Pick<UplinkConfig, 'host' | 'destinations'> | undefined,
  {
    camera,
    sound,
  }: { readonly camera: LaunchFragment; readonly sound: LaunchFragment | undefined },
  hasWhep = false,
): Promise<Encoders> {
  const whep = hasWhep && sound !== undefined ? NEEDED_WHEP : {};
  const needed = { ...NEEDED, ...neededBy(uplink), ...whep, ...camera.needs, ...sound?.needs };
  const found = await listElements();
  const missing = Object.entries(needed).filter(([name]) => !found.has(name));
  if (missing.length > 0) {
    const list = missing.map(([name, debian]) => `${name} (${debian})`).join(', ');
    throw new PipelineError('BAD_LAUNCH', `GStreamer does not have ${list}`, {
      advice: 'install those packages',
    });
  }
  const has = (name: string) => found.has(name);
  return {
    video: chooseVideoEncoder(wanted, has),
    audio: sound === undefined ? undefined : chooseAudioEncoder(has),
  };
}

function neededBy(uplink: Pick<UplinkConfig, 'host' | 'destinations'> | undefined) {
  const kinds = new Set((uplink?.destinations ?? []).map(({ kind }) => kind));
  if (uplink?.host !== undefined) kinds.add('srt');
  return {
    ...(kinds.has('srt') ? NEEDED_UPSTREAM : {}),
    ...(kinds.has('rtmp') ? NEEDED_RTMP : {}),
  };
}

/** All elements, by one look at GStreamer's registry: a look for each takes a Pi seconds. */
async function listElements(): Promise<ReadonlySet<string>> {
  try {
    const { stdout } = await runCommand('gst-inspect-1.0', [], { timeoutMs: INSPECT_TIMEOUT_MS });
    // "coreelements:  queue: Queue", among other lines.
    const names = [...stdout.matchAll(/^\S+: {2}([^\s:]+): /gm)].map(([, name = '']) => name);
    return new Set(names);
  } catch (cause) {
    throw new PipelineError('BAD_LAUNCH', 'gst-inspect-1.0 does not run', {
      cause,
      advice: 'install gstreamer1.0-tools',
    });
  }
}
