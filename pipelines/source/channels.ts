/** Takes the channels that are wanted out of interleaved sound. */

/** Number of channels in a GstCaps string of raw sound; undefined where it says none. */
export function channelsOf(caps: string): number | undefined {
  const digits = /[ ,]channels=\(int\)(\d{1,3})/.exec(caps)?.[1];
  return digits === undefined ? undefined : Number(digits);
}

/**
 * S16LE samples of the wanted channels.
 *
 * @param picked Which of the source's channels, counted from 1; one that it does not
 *   have is its last one, so that a mono microphone is heard on both sides.
 */
export function pickChannels(
  data: Buffer,
  channels: number,
  picked: readonly number[],
): Int16Array {
  const count = Math.floor(data.length / 2 / channels);
  const from16 = int16Of(data);
  const out = new Int16Array(count * picked.length);
  for (const [to, wanted] of picked.entries()) {
    const from = Math.min(wanted, channels) - 1;
    for (let i = 0; i < count; i += 1) {
      out[i * picked.length + to] = from16[i * channels + from] ?? 0;
    }
  }
  return out;
}

/** The bytes as samples; all machines that the box runs on are little-endian. */
function int16Of(data: Buffer): Int16Array {
  const aligned = data.byteOffset % 2 === 0 ? data : Buffer.from(data);
  return new Int16Array(aligned.buffer, aligned.byteOffset, Math.floor(aligned.length / 2));
}
