import type { LaunchFragment } from '../hal/launch.ts';
import { runCommand } from '../hal/os/process.ts';
import {
  type AudioEncoder,
  chooseAudioEncoder,
  chooseVideoEncoder,
  ENCODER_PACKAGES,
  type VideoEncoder,
} from '../pipelines/capture/encoder.ts';
import { PipelineError } from '../pipelines/errors.ts';

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

/** gst-inspect scans all plug-ins at its first run on a machine; a Pi takes its time. */
const INSPECT_TIMEOUT_MS = 60_000;

export interface Encoders {
  readonly video: VideoEncoder;
  readonly audio: AudioEncoder | undefined;
}

/**
 * Looks for what the pipeline needs before anything opens.
 *
 * @throws PipelineError NO_ENCODER or BAD_LAUNCH, naming the packages to install.
 */
export async function findEncoders(
  wanted: 'auto' | VideoEncoder,
  hasUplink: boolean,
  {
    camera,
    sound,
  }: { readonly camera: LaunchFragment; readonly sound: LaunchFragment | undefined },
): Promise<Encoders> {
  const upstream = hasUplink ? NEEDED_UPSTREAM : {};
  const needed = { ...NEEDED, ...upstream, ...camera.needs, ...sound?.needs };
  const names = [...Object.keys(needed), ...Object.keys(ENCODER_PACKAGES)];
  const found = new Set<string>();
  await Promise.all(
    names.map(async (name) => {
      if (await isInstalled(name)) found.add(name);
    }),
  );
  const missing = Object.entries(needed).filter(([name]) => !found.has(name));
  if (missing.length > 0) {
    const list = missing.map(([name, debian]) => `${name} (${debian})`).join(', ');
    throw new PipelineError('BAD_LAUNCH', `GStreamer lacks ${list}; install those packages`);
  }
  const has = (name: string) => found.has(name);
  return {
    video: chooseVideoEncoder(wanted, has),
    audio: sound === undefined ? undefined : chooseAudioEncoder(has),
  };
}

async function isInstalled(element: string): Promise<boolean> {
  try {
    const { exitCode } = await runCommand('gst-inspect-1.0', ['--exists', element], {
      timeoutMs: INSPECT_TIMEOUT_MS,
    });
    return exitCode === 0;
  } catch (cause) {
    throw new PipelineError(
      'BAD_LAUNCH',
      'gst-inspect-1.0 does not run; install gstreamer1.0-tools',
      { cause },
    );
  }
}
