import { readFile } from 'node:fs/promises';
import { HalError } from '../errors.ts';
import { quote, stampingOf } from '../launch.ts';
import { checkFile, fileSource } from '../media-file.ts';
import type { Sound, SoundConfig } from './audio.ts';

/** Opens the configured sound source's driver. Nothing is touched until it is checked or played. */
export function openSound(config: SoundConfig): Sound {
  return DRIVERS[config.driver](config);
}

const DRIVERS: Readonly<Record<SoundConfig['driver'], (config: SoundConfig) => Sound>> = {
  test: openTest,
  alsa: openAlsa,
  file: openFile,
  custom: openCustom,
  none: () => ({ name: 'none', check: ready, source: undefined }),
};

const ready = async (): Promise<void> => undefined;

/** A 440 Hz tone 20 dB below full scale, in buffers of 10 ms. */
function openTest(): Sound {
  return {
    name: 'test tone',
    check: ready,
    source: {
      launch:
        'audiotestsrc is-live=true wave=sine freq=440 volume=0.1 samplesperbuffer=480 ! audio/x-raw,rate=48000',
      stamping: 'clock',
      isSteady: true,
      needs: { audiotestsrc: 'gstreamer1.0-plugins-base' },
    },
  };
}

function openAlsa({ device }: SoundConfig): Sound {
  return {
    name: `ALSA ${device}`,
    check: () => checkCard(device),
    source: {
      launch: `alsasrc device=${quote(device)} buffer-time=60000 latency-time=10000`,
      stamping: 'clock',
      isSteady: true,
      needs: { alsasrc: 'gstreamer1.0-alsa' },
    },
  };
}

function openFile({ file }: SoundConfig): Sound {
  return {
    name: `file ${file}`,
    check: () => checkFile('sound.file', file),
    source: fileSource(file, 'audio'),
  };
}

function openCustom({ launch }: SoundConfig): Sound {
  return {
    name: 'custom launch',
    check: ready,
    source: { launch, stamping: stampingOf(launch), isSteady: true, needs: {} },
  };
}

/** A device that names a card must name one that is there; `default` and plugins are ALSA's business. */
async function checkCard(device: string): Promise<void> {
  const card = /^(?:plug)?(?:hw|dsnoop|sysdefault):(?:CARD=)?([\w-]+)/.exec(device)?.[1];
  if (card === undefined) return;
  const cards = await readFile('/proc/asound/cards', 'utf8').catch(() => '');
  const isThere = cards.split('\n').some((line) => {
    const [, index, id] = /^\s*(\d+)\s+\[(\w+)\s*\]/.exec(line) ?? [];
    return index === card || id === card;
  });
  if (isThere) return;
  throw new HalError(
    'NOT_FOUND',
    `sound card ${card} is not there; plug it in, or set sound.device (arecord -l lists cards)`,
  );
}
