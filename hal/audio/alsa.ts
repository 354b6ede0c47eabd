/** The ALSA driver: a sound card of this machine. */

import { type LaunchFragment, quote } from '../gst/launch.ts';
import { HalError } from '../os/errors.ts';
import { type FoundCard, findCard, isNamed, listSoundCards } from './list.ts';
import type { Sound, SoundConfig } from './port.ts';

/** A sound card, by a device of ALSA's or by one of udev's stable names. */
export function openAlsa({ device, pick = [] }: SoundConfig): Sound {
  let alsaDevice = device;
  let caps = '';
  const check = async () => {
    alsaDevice = await findDevice(device);
    // While it is played its channels cannot be asked for: what was found before is kept.
    caps = (await channelCaps(alsaDevice, pick)) ?? caps;
  };
  return {
    name: `ALSA ${device}`,
    check,
    get source() {
      return sourceOf(alsaDevice, caps);
    },
  };
}

function sourceOf(device: string, caps: string): LaunchFragment {
  return {
    launch: `alsasrc device=${quote(device)} buffer-time=60000 latency-time=10000${caps}`,
    stamping: 'clock',
    needs: { alsasrc: 'gstreamer1.0-alsa' },
  };
}

/** GStreamer takes two channels where a card can do with so few, and ALSA's plug then gives the first two. */
const USUAL_CHANNELS = 2;
/** More than any card has; a kernel may say "any". */
const CHANNELS_MAX = 64;

async function channelCaps(device: string, pick: readonly number[]): Promise<string | undefined> {
  if (Math.max(...pick, 0) <= USUAL_CHANNELS) return '';
  return channelsFor(await listSoundCards(), device, pick);
}

/**
 * Asks for as many channels as are picked. Empty where the card has not so many; undefined where
 * that is not known now.
 */
export function channelsFor(
  cards: readonly Omit<FoundCard, 'name'>[],
  device: string,
  pick: readonly number[],
): string | undefined {
  const [, name, pcm = '0'] = CARD.exec(device) ?? [];
  // ALSA opens the card that programs share with two, whatever it has, and refuses more.
  if (name === undefined || device.startsWith('dsnoop:')) return '';
  const card = cards.find((one) => isNamed(one, name));
  const hardware = `hw:CARD=${card?.id},DEV=${pcm}`;
  const state = card?.captures.find((capture) => capture.device === hardware)?.state;
  if (state?.phase !== 'free') return undefined;
  const most = Math.min(state.channels[1], CHANNELS_MAX);
  const wanted = Math.max(...pick);
  return wanted > most ? '' : ` ! audio/x-raw,channels=[${wanted},${most}]`;
}

/** A card, and its device. */
const CARD = /^(?:plug)?(?:hw|dsnoop|sysdefault|front):(?:CARD=)?([\w-]+)(?:,(?:DEV=)?(\d+))?/;

/**
 * A device that names a card must name one that is there; `default` and plugins are
 * ALSA's business.
 */
async function findDevice(device: string): Promise<string> {
  const named = CARD.exec(device)?.[1];
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
