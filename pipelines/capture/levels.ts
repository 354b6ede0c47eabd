import type { BusMessage } from './gst.ts';
import type { Levels } from './messages.ts';

/** Channels that are believed. */
const CHANNELS_MAX = 32;
/** `level` says -inf of digital silence, which JSON has no number for. */
const SILENCE_DBFS = -120;

/** Reads a message of the `level` element; undefined for any other. */
export function parseLevels(message: BusMessage): Levels | undefined {
  if (message.type !== 'element' || message.name !== 'level') return undefined;
  const peakDbfs = parseList(message['peak']);
  const rmsDbfs = parseList(message['rms']);
  if (peakDbfs.length === 0 || peakDbfs.length !== rmsDbfs.length) return undefined;
  return { type: 'levels', peakDbfs, rmsDbfs };
}

/** The binding renders a GValueArray as text: `< -4.9485, -4.9485 >`. */
function parseList(field: unknown): readonly number[] {
  if (typeof field !== 'string') return [];
  const numbers = field.replace(/[<>]/g, ' ').split(',').slice(0, CHANNELS_MAX);
  return numbers.map((text) => {
    const value = Number(text);
    return text.trim() === '' || Number.isNaN(value)
      ? SILENCE_DBFS
      : Math.max(SILENCE_DBFS, Math.min(value, 20));
  });
}
