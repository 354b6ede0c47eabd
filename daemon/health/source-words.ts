/** What alerts and checks call a camera or its sound, and advise, by what it is. */
import type { BoxSnapshot } from '../model/snapshot.ts';

type Drivers = BoxSnapshot['drivers'];

/** What a failure means, by the code of its error. */
const FAULTS: Readonly<Record<string, (device: string) => string>> = {
  NOT_FOUND: (device) => `The ${device} is missing`,
  GONE: (device) => `The ${device} is missing`,
  DEVICE_BUSY: (device) => `Another program is using the ${device}`,
  NOT_PERMITTED: (device) => `The box may not use the ${device}`,
};
const DEVICES: Readonly<Record<string, string>> = {
  camera: 'camera',
  camera2: 'second camera',
  sound: 'sound card',
};

const PHONE = 'Connect the phone or OBS again.';
/** Of cameras that are not plugged into the box, by their drivers. */
const CAMERAS: Readonly<Record<string, string>> = {
  rtsp: 'Check that the network camera is switched on, and its address and login in the settings.',
  srt: PHONE,
  whip: PHONE,
};
const NETWORK_SOUND = 'Switch on the sound of the network camera in its own settings.';
const PHONE_SOUND = 'Let the phone or OBS use its microphone, and connect it again.';

/** Undefined for what is no camera and no sound. */
export function sourceName(id: string, drivers: Drivers): string | undefined {
  if (id === 'sound' && isOfCamera(drivers)) return 'The sound of the camera';
  const device = DEVICES[id];
  return device && `The ${device}`;
}

/** Undefined where the code says no more than that it fails. */
export function sourceFault(id: string, code = '', drivers: Drivers): string | undefined {
  const device = DEVICES[id];
  const fault = FAULTS[code];
  if (device === undefined || fault === undefined) return undefined;
  return id === 'sound' && isOfCamera(drivers) ? 'The camera sends no sound' : fault(device);
}

export function noSound(drivers: Drivers): string {
  return isOfCamera(drivers) ? 'No sound from the camera' : 'No sound from the sound card';
}

/** What a person can do, in a sentence. */
export function sourceAdvice(id: 'camera' | 'camera2' | 'sound', drivers: Drivers): string {
  if (id === 'sound') {
    if (!isOfCamera(drivers)) return 'Check that the sound card is plugged in.';
    return drivers?.camera === 'rtsp' ? NETWORK_SOUND : PHONE_SOUND;
  }
  const plugged = `Check that the ${DEVICES[id]} is plugged in and switched on.`;
  return CAMERAS[drivers?.[id] ?? ''] ?? plugged;
}

export function isOfCamera(drivers: Drivers): boolean {
  return drivers?.sound === 'camera';
}
