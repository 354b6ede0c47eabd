/** Opens the driver of the configured sound source. */

import { streamSource, unitSource } from '../gst/access-units.ts';
import { type LaunchFragment, stampingOf } from '../gst/launch.ts';
import { checkFile, fileSource } from '../gst/media-file.ts';
import { type CameraWithSound, networkSource, openLogin } from '../gst/network-source.ts';
import { HalError } from '../os/errors.ts';
import { openAlsa } from './alsa.ts';
import type { Sound, SoundConfig } from './port.ts';

/**
 * Opens the configured sound source's driver. Nothing is touched until it is checked or played.
 *
 * @param camera The camera whose sound the driver `camera` takes.
 */
export function openSound(config: SoundConfig, camera?: CameraWithSound): Sound {
  const { file, launch } = config;
  switch (config.driver) {
    case 'test':
      return openTestSound().sound;
    case 'alsa':
      return openAlsa(config);
    case 'camera':
      return openCameraSound(camera);
    case 'file':
      return softSound(
        `file ${file}`,
        () => checkFile('sound.file', file),
        fileSource(file, 'audio'),
      );
    case 'custom':
      return softSound('custom launch', ready, customSource(launch));
    case 'none':
      return softSound('none', ready, undefined);
  }
}

function openCameraSound(camera: CameraWithSound | undefined): Sound {
  if (camera === undefined) {
    throw new HalError('UNSUPPORTED', 'sound.driver is camera, and the camera is none with sound');
  }
  if (camera === 'whip') return softSound('camera', ready, unitSource('opus'));
  if (camera === 'srt') return softSound('camera', ready, streamSource('audio'));
  const login = openLogin('camera.credentials_file', camera);
  return {
    ...softSound('camera', login.check, undefined),
    onFailed: login.onFailed,
    get source() {
      return networkSource(camera, 'audio', login.secret);
    },
  };
}

/** A test tone as a sound card whose plug can be pulled. */
export interface TestSound {
  readonly sound: Sound;
  /** While it is out, `check` rejects with NOT_FOUND, as that of a real card. */
  setPlugged(isPlugged: boolean): void;
}

export function openTestSound(): TestSound {
  let isPlugged = true;
  const check = async () => {
    if (!isPlugged)
      throw new HalError('NOT_FOUND', 'test tone: unplugged', { advice: 'plug it in again' });
  };
  return {
    sound: softSound('test tone', check, TONE),
    setPlugged: (next) => {
      isPlugged = next;
    },
  };
}

const ready = async (): Promise<void> => undefined;

function softSound(name: string, check: Sound['check'], source: LaunchFragment | undefined): Sound {
  return { name, check, source };
}

/** A 440 Hz tone 20 dB below full scale, in buffers of 10 ms. */
const TONE: LaunchFragment = {
  launch:
    'audiotestsrc is-live=true wave=sine freq=440 volume=0.1 samplesperbuffer=480 ! audio/x-raw,rate=48000',
  stamping: 'clock',
  needs: { audiotestsrc: 'gstreamer1.0-plugins-base' },
};

function customSource(launch: string): LaunchFragment {
  return { launch, stamping: stampingOf(launch), needs: {} };
}
