import { access, constants, stat } from 'node:fs/promises';
import { HalError } from '../errors.ts';
import { quote, stampingOf } from '../launch.ts';
import { checkFile, fileSource } from '../media-file.ts';
import type { Camera, CameraConfig } from './camera.ts';

/** Opens the configured camera's driver. Nothing is touched until it is checked or played. */
export function openCamera(config: CameraConfig): Camera {
  return DRIVERS[config.driver](config);
}

const DRIVERS: Readonly<Record<CameraConfig['driver'], (config: CameraConfig) => Camera>> = {
  test: openTest,
  v4l2: openV4l2,
  libcamera: openLibcamera,
  file: openFile,
  custom: openCustom,
};

const ready = async (): Promise<void> => undefined;

function openTest({ width, height, fps }: CameraConfig): Camera {
  const caps = `video/x-raw,format=I420,width=${width},height=${height},framerate=${fps}/1`;
  return {
    name: 'test picture',
    check: ready,
    source: {
      launch: `appsrc name=camera is-live=true format=time max-bytes=0 max-buffers=4 leaky-type=downstream caps=${caps}`,
      stamping: 'clock',
      isSteady: true,
      needs: { appsrc: 'gstreamer1.0-plugins-base' },
      feed: { appsrc: 'camera', picture: { widthPx: width, heightPx: height, fps } },
    },
  };
}

function openV4l2({ device, format, width, height, fps }: CameraConfig): Camera {
  const size = `width=${width},height=${height},framerate=${fps}/1`;
  const caps = format === 'mjpeg' ? `image/jpeg,${size} ! jpegdec` : `video/x-raw,${size}`;
  return {
    name: `V4L2 ${device}`,
    check: () => checkNode(device),
    source: {
      launch: `v4l2src device=${quote(device)} ! ${caps}`,
      stamping: 'clock',
      // In the dark a camera halves its rate to expose for longer.
      isSteady: false,
      needs: {
        v4l2src: 'gstreamer1.0-plugins-good',
        ...(format === 'mjpeg' ? { jpegdec: 'gstreamer1.0-plugins-good' } : {}),
      },
    },
  };
}

function openLibcamera({ device, width, height, fps }: CameraConfig): Camera {
  const name = device === '' ? '' : ` camera-name=${quote(device)}`;
  return {
    name: device === '' ? 'libcamera' : `libcamera ${device}`,
    check: ready,
    source: {
      launch: `libcamerasrc${name} ! video/x-raw,width=${width},height=${height},framerate=${fps}/1`,
      stamping: 'clock',
      isSteady: false,
      needs: { libcamerasrc: 'gstreamer1.0-libcamera' },
    },
  };
}

function openFile({ file }: CameraConfig): Camera {
  return {
    name: `file ${file}`,
    check: () => checkFile('camera.file', file),
    source: fileSource(file, 'video'),
  };
}

function openCustom({ launch }: CameraConfig): Camera {
  return {
    name: 'custom launch',
    check: ready,
    source: { launch, stamping: stampingOf(launch), isSteady: true, needs: {} },
  };
}

async function checkNode(device: string): Promise<void> {
  const node = await stat(device).catch(() => undefined);
  if (node === undefined) {
    throw new HalError(
      'NOT_FOUND',
      `camera ${device} is not there; plug it in, or set camera.device (v4l2-ctl --list-devices)`,
    );
  }
  try {
    await access(device, constants.R_OK | constants.W_OK);
  } catch (cause) {
    throw new HalError(
      'NOT_PERMITTED',
      `camera ${device}: no permission; add this user to the group video`,
      { cause },
    );
  }
}
