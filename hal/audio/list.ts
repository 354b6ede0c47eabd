/** Lists the sound cards that can capture. */

import { constants } from 'node:fs';
import { open, readdir, readFile, readlink } from 'node:fs/promises';
import { basename } from 'node:path';
import { errnoOf } from '../os/errors.ts';
import { tryIoctl } from '../os/libc/ioctl.ts';
import { HW_REFINE, type PcmFormats, parseParams, renderAnyParams } from './alsa-uapi.ts';
import { type CardLine, parseCaptures, parseCards, parseOwner } from './cards.ts';

/** A sound card of this machine that can capture. */
export interface FoundCard {
  readonly index: number;
  readonly id: string;
  readonly name: string;
  /** udev's names for it, by maker and serial and by its plug: `sound.device` may be set to one. */
  readonly aliases: readonly string[];
  readonly captures: readonly FoundCapture[];
}

export interface FoundCapture {
  /** What ALSA opens it by: `hw:CARD=Device,DEV=0`. */
  readonly device: string;
  readonly name: string;
  readonly state:
    | ({ readonly phase: 'free' } & PcmFormats)
    /** A program has it open; its formats cannot be asked for. */
    | { readonly phase: 'busy'; readonly pid?: number }
    | { readonly phase: 'refused'; readonly reason: string };
}

/** Cards that can capture, in the kernel's order. Empty on a machine without ALSA. */
export async function listSoundCards(): Promise<FoundCard[]> {
  const cards = parseCards(await readProc('cards'));
  const captures = parseCaptures(await readProc('pcm'));
  const names = await readAliases();
  const found = cards.map(async ({ index, id, name }) => {
    const own = captures.filter(({ card }) => card === index);
    return {
      index,
      id,
      name,
      aliases: names.get(index) ?? [],
      captures: await Promise.all(own.map((one) => describe(id, one))),
    };
  });
  return (await Promise.all(found)).filter((card) => card.captures.length > 0);
}

/** The card that ALSA's index, its id or one of udev's names means now. */
export async function findCard(name: string): Promise<CardLine | undefined> {
  const cards = parseCards(await readProc('cards'));
  const byName = cards.find((card) => isNamed(card, name));
  if (byName !== undefined) return byName;
  const aliases = await readAliases();
  return cards.find(({ index }) => aliases.get(index)?.includes(name));
}

/** By its index or id. */
export function isNamed({ index, id }: Pick<FoundCard, 'index' | 'id'>, name: string): boolean {
  return id === name || String(index) === name;
}

async function describe(
  id: string,
  { card, device, name }: { card: number; device: number; name: string },
): Promise<FoundCapture> {
  return { device: `hw:CARD=${id},DEV=${device}`, name, state: await stateOf(card, device) };
}

async function stateOf(card: number, device: number): Promise<FoundCapture['state']> {
  const path = `/dev/snd/pcmC${card}D${device}c`;
  try {
    // Non-blocking: a card in use is refused at once.
    await using file = await open(path, constants.O_RDWR | constants.O_NONBLOCK);
    const params = renderAnyParams();
    const isAnswered = await tryIoctl(file.fd, HW_REFINE.request, params);
    if (isAnswered) return { phase: 'free', ...parseParams(params) };
    return { phase: 'refused', reason: 'it does not report its formats' };
  } catch (error) {
    const errno = errnoOf(error);
    if (errno !== 'EBUSY' && errno !== 'EAGAIN')
      return { phase: 'refused', reason: `${path}: ${errno}` };
    const pid = parseOwner(await readProc(`card${card}/pcm${device}c/sub0/status`));
    return pid === undefined ? { phase: 'busy' } : { phase: 'busy', pid };
  }
}

/** Names of `/dev/snd/by-id` and `by-path`, which are links to a card's control node. */
async function readAliases(): Promise<ReadonlyMap<number, readonly string[]>> {
  const aliases = new Map<number, string[]>();
  for (const folder of ['by-id', 'by-path']) {
    for (const link of (await readdir(`/dev/snd/${folder}`).catch(() => [])).toSorted()) {
      const target = basename(await readlink(`/dev/snd/${folder}/${link}`).catch(() => ''));
      const index = Number(/^controlC(\d+)$/.exec(target)?.[1] ?? -1);
      aliases.set(index, [...(aliases.get(index) ?? []), link]);
    }
  }
  return aliases;
}

/** Empty on a machine without ALSA. */
function readProc(file: string): Promise<string> {
  return readFile(`/proc/asound/${file}`, 'utf8').catch(() => '');
}
