/** Reads the capture levels and switches of a sound card's mixer. */

import { runCommand } from '../os/process.ts';

const TIMEOUT_MS = 3000;

/** A capture control of a sound card's mixer. */
export interface CaptureControl {
  readonly name: string;
  readonly levelPct?: number;
  /** False: the card captures silence. */
  readonly isOn?: boolean;
}

/**
 * A card's capture controls, by amixer. Undefined where amixer is not installed or
 * the card has no mixer.
 */
export async function readCaptureControls(
  card: string,
  signal: AbortSignal,
): Promise<CaptureControl[] | undefined> {
  const options = { timeoutMs: TIMEOUT_MS, signal };
  const listed = await runCommand('amixer', ['-c', card, 'scontents'], options).catch(
    () => undefined,
  );
  signal.throwIfAborted();
  return listed?.exitCode === 0 ? parseScontents(listed.stdout) : undefined;
}

/**
 * The capture controls of `amixer scontents`. Pure.
 *
 * ```
 * Simple mixer control 'Mic',0
 *   Mono: Capture 8 [50%] [11.90dB] [on]
 * ```
 *
 * Of several channels the quietest counts: that is the one that will be missed.
 */
export function parseScontents(text: string): CaptureControl[] {
  const blocks = text.split(/^(?=Simple mixer control )/m);
  return blocks.flatMap((block) => {
    const name = /^Simple mixer control '(.*)',\d+$/m.exec(block)?.[1];
    const values = [...block.matchAll(/^ {2}[^:\n]+:(?: Playback .*?)? Capture (.*)$/gm)];
    if (name === undefined || values.length === 0) return [];
    const levels = values.flatMap(([, value]) => /\[(\d+)%\]/.exec(value ?? '')?.[1] ?? []);
    const switches = values.flatMap(([, value]) => /\[(on|off)\]/.exec(value ?? '')?.[1] ?? []);
    return [
      {
        name,
        ...(levels.length === 0 ? {} : { levelPct: Math.min(...levels.map(Number)) }),
        ...(switches.length === 0 ? {} : { isOn: !switches.includes('off') }),
      },
    ];
  });
}
