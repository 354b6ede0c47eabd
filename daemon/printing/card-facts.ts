/** The crew sheet from the live config, as a slip and as a PDF. */
import { readRegular, SECRET_BYTES_MAX } from '../../hal/os/files/read-regular.ts';
import { type Log, messageOf } from '../../hal/os/log.ts';
import type { PrintDocument } from '../../hal/printer/port.ts';
import type { Config } from '../config/config.ts';
import { guestsWifi, type WifiToJoin } from '../config/network.ts';
import type { BoxSnapshot } from '../model/snapshot.ts';
import { type CardFacts, type CrewSheet, cardSlip, crewSheet } from './card.ts';
import { wordsIn } from './text/words.ts';

export type CardSource = Parameters<typeof crewSheet>[0] & Pick<Config, 'network'>;

export interface Card {
  /** The one that guests join; undefined where none is known. */
  wifi(): WifiToJoin | undefined;
  slip(): PrintDocument;
  pdf(): Promise<Buffer>;
}

/** @param current The config as it is then. */
export function openCard(
  current: () => CardSource,
  { snapshot, log }: { readonly snapshot: () => BoxSnapshot; readonly log: Log },
): Card {
  const card = (): CrewSheet => {
    const box = snapshot();
    const config = current();
    return crewSheet(config, {
      box,
      ...wifiOf(config, log),
      words: wordsIn(config.box.language),
    });
  };
  return {
    wifi: () => wifiOf(current(), log).wifi,
    slip: () => cardSlip(card()),
    // It is large, and not every box prints one.
    pdf: async () => (await import('./card-pdf.ts')).renderCardPdf(card()),
  };
}

/**
 * The box's own one for guests, where the config names no other. One whose password is not known
 * gets no code: it would lead into an open Wi-Fi of that name.
 */
function wifiOf(config: CardSource, log: Log): Pick<CardFacts, 'wifi' | 'lockedWifi'> {
  const { wifi_name: ssid, wifi_password_file: file } = config.card;
  if (ssid === '') return { wifi: guestsWifi(config) };
  const password = readPassword(file, log);
  if (file !== '' && password === undefined) return { wifi: undefined, lockedWifi: ssid };
  return { wifi: { ssid, password } };
}

function readPassword(path: string, log: Log): string | undefined {
  if (path === '') return undefined;
  try {
    const password = readRegular(path, SECRET_BYTES_MAX).toString().trim();
    if (password === '') throw new Error('it is empty');
    return password;
  } catch (error) {
    log.warn('Wi-Fi password not read', { path, reason: messageOf(error) });
    return undefined;
  }
}
