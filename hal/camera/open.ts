/** Opens the driver of the configured camera. */

import { unitSource } from '../gst/access-units.ts';
import { type LaunchFragment, stampingOf } from '../gst/launch.ts';
import { checkFile, fileSource } from '../gst/media-file.ts';
import {
  type CameraWithSound,
  hostOf,
  type NetworkSourceConfig,
  networkSource,
  openLogin,
} from '../gst/network-source.ts';
import { HalError } from '../os/errors.ts';
import { openLibcamera } from './libcamera-camera.ts';
import type { Camera, CameraConfig, SetLive } from './port.ts';
import { openV4l2 } from './v4l2-camera.ts';

/**
 * Opens the configured camera's driver. Nothing is touched until it is checked or played.
 *
 * @param setLive How to reach the running pipeline: only libcamera's lock needs it.
 */
export function openCamera(config: CameraConfig, setLive?: SetLive): Camera {
  switch (config.driver) {
    case 'test':
      return openTestCamera(config).camera;
    case 'v4l2':
      return openV4l2(config);
    case 'libcamera':
      return openLibcamera(config, setLive);
    case 'rtsp':
    case 'srt':
      return openNetworkCamera({ ...networkOf(config), driver: config.driver });
    case 'whip':
      return withoutControls('phone or OBS, by WHIP', ready, unitSource('h264'));
    case 'file':
      return withoutControls(
        `file ${config.file}`,
        () => checkFile('camera.file', config.file),
        fileSource(config.file, 'video'),
      );
    case 'custom':
      return withoutControls('custom launch', ready, customSource(config));
  }
}

/** The network camera of a config. */
export function networkOf(config: CameraConfig): Omit<NetworkSourceConfig, 'driver'> {
  const { url = '', latency_ms = 200, transport = 'tcp', credentials_file = '' } = config;
  return { url, latency_ms, transport, credentials_file };
}

/** The camera whose sound the driver `camera` takes; undefined where it has none. */
export function withSound(config: CameraConfig): CameraWithSound | undefined {
  if (config.driver === 'whip' || config.driver === 'srt') return config.driver;
  return config.driver === 'rtsp' ? { ...networkOf(config), driver: config.driver } : undefined;
}

/** A camera that is reached over the network; its login is read at each start. */
function openNetworkCamera(config: NetworkSourceConfig): Camera {
  const login = openLogin('camera.credentials_file', config);
  const name = `${config.driver.toUpperCase()} ${hostOf(config.url)}`;
  const nothing: LaunchFragment = { launch: '', stamping: 'clock', needs: {} };
  return {
    ...withoutControls(name, login.check, nothing),
    onFailed: login.onFailed,
    get source() {
      return networkSource(config, 'video', login.secret);
    },
  };
}

/** A test picture as a camera whose plug can be pulled. */
export interface TestCamera {
  readonly camera: Camera;
  /** While it is out, `check` rejects with NOT_FOUND, as that of a real camera. */
  setPlugged(isPlugged: boolean): void;
}

export function openTestCamera(config: CameraConfig): TestCamera {
  let isPlugged = true;
  const check = async () => {
    if (!isPlugged)
      throw new HalError('NOT_FOUND', 'test picture: unplugged', { advice: 'plug it in again' });
  };
  return {
    camera: withoutControls('test picture', check, testSource(config)),
    setPlugged: (next) => {
      isPlugged = next;
    },
  };
}

const ready = async (): Promise<void> => undefined;

/** A source of pictures that is no device: nothing to lock. */
function withoutControls(name: string, check: Camera['check'], source: LaunchFragment): Camera {
  return {
    name,
    check,
    source,
    lock: () => Promise.reject(new HalError('UNSUPPORTED', `${name}: it has no exposure to lock`)),
    unlock: ready,
  };
}

function testSource({ width, height, fps }: CameraConfig): LaunchFragment {
  const caps = `video/x-raw,format=I420,width=${width},height=${height},framerate=${fps}/1`;
  return {
    launch: `appsrc name=camera is-live=true format=time max-bytes=0 max-buffers=4 leaky-type=downstream caps=${caps}`,
    stamping: 'clock',
    needs: { appsrc: 'gstreamer1.0-plugins-base' },
    feed: { appsrc: 'camera', picture: { widthPx: width, heightPx: height, fps } },
  };
}

function customSource({ launch }: CameraConfig): LaunchFragment {
  return { launch, stamping: stampingOf(launch), needs: {} };
}
