/** H.264 as MP4 and the encoders' caps have it: parameter sets apart from the access units. */

export interface AvcConfig {
  /** Bytes of a NAL unit's length in the access units. */
  readonly lengthBytes: number;
  /** SPS and PPS, as NAL units. */
  readonly parameterSets: readonly Buffer[];
}

/**
 * Reads an AVCDecoderConfigurationRecord (ISO/IEC 14496-15 §5.3.3.1); undefined where it is
 * too short.
 */
export function readAvcConfig(config: Buffer): AvcConfig | undefined {
  const parameterSets: Buffer[] = [];
  let at = 5;
  for (const mask of [0x1f, 0xff]) {
    const first = config[at];
    if (first === undefined) return undefined;
    at += 1;
    for (let i = 0; i < (first & mask); i += 1) {
      if (at + 2 > config.length) return undefined;
      const bytes = config.readUInt16BE(at);
      if (at + 2 + bytes > config.length) return undefined;
      parameterSets.push(config.subarray(at + 2, at + 2 + bytes));
      at += 2 + bytes;
    }
  }
  return { lengthBytes: ((config[4] ?? 3) & 3) + 1, parameterSets };
}
