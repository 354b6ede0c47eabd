/** The kernel's texts on sound cards. Pure; lines that are something else are left out. */
export interface CardLine {
  readonly index: number;
  /** Given by the kernel from the card's name, unlike any other: `Device_1`. */
  readonly id: string;
  readonly name: string;
}

/**
 * `/proc/asound/cards`:
 *
 * ```
 *  1 [sndrpihifiberry]: RPi-simple - snd_rpi_hifiberry_dac
 *                       snd_rpi_hifiberry_dac
 * ```
 */
export function parseCards(text: string): CardLine[] {
  return text.split('\n').flatMap((line) => {
    const [, index, id, name] = /^\s*(\d+)\s+\[([^\]\s]+)\s*\]: .*? - (.*)$/.exec(line) ?? [];
    return index === undefined || id === undefined
      ? []
      : [{ index: Number(index), id, name: (name ?? '').trim() }];
  });
}

export interface PcmLine {
  readonly card: number;
  readonly device: number;
  readonly name: string;
}

/** Capture devices of `/proc/asound/pcm`: `01-00: USB Audio : USB Audio : playback 1 : capture 1`. */
export function parseCaptures(text: string): PcmLine[] {
  return text.split('\n').flatMap((line) => {
    const [, card, device, name] = /^(\d+)-(\d+): (.*?) : .*: capture \d+\s*$/.exec(line) ?? [];
    return card === undefined
      ? []
      : [{ card: Number(card), device: Number(device), name: name ?? '' }];
  });
}

/** Who has a substream open, from its `status`: `owner_pid   : 812`. */
export function parseOwner(text: string): number | undefined {
  const pid = /^owner_pid\s*: (\d+)$/m.exec(text)?.[1];
  return pid === undefined ? undefined : Number(pid);
}
