/** The ALSA driver: a sound card of this machine. */

import { type LaunchFragment, quote } from '../gst/launch.ts';
import { HalError } from '../os/errors.ts';
import { findCard, listSoundCards } from './list.ts';
import type { Sound, SoundConfig } from './port.ts';

/** A sound card, by a device of ALSA's or by one of udev's stable names. */
export function openAlsa({ device }: SoundConfig): Sound {
  let alsaDevice = device;
  const check = async () => {
    alsaDevice = await findDevice(device);
  };
  return {
    name: `ALSA ${device}`,
    check,
    get source() {
      return sourceOf(alsaDevice);
    },
  };
}

function sourceOf(device: string): LaunchFragment {
  return {
    launch: `alsasrc device=${quote(device)} buffer-time=60000 latency-time=10000`,
    stamping: 'clock',
    needs: { alsasrc: 'gstreamer1.0-alsa' },
  };
}

/**
 * A device that names a card must name one that is there; `default` and plugins are
 * ALSA's business.
 */
async function findDevice(device: string): Promise<string> {
  const named = /^(?:plug)?(?:hw|dsnoop|sysdefault|front):(?:CARD=)?([\w-]+)/.exec(device)?.[1];
  // What udev makes of a plug, see /dev/snd/by-id and by-path; ALSA itself knows no such name.
  const alias = /^(?:usb|pci|platform)-\S+$/.test(device) ? device : undefined;
  const wanted = named ?? alias;
  if (wanted === undefined) return device;
  const card = await findCard(wanted);
  if (card !== undefined) return alias === undefined ? device : `hw:CARD=${card.id}`;
  const ids = (await listSoundCards()).map(({ id }) => id).join(', ');
  const there = ids === '' ? 'there is none that captures' : `there is ${ids}`;
  throw new HalError('NOT_FOUND', `sound card ${wanted} is not there (${there})`, {
    advice: 'plug it in, or set sound.device',
  });
}
