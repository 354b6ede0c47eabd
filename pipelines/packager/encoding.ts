/** An encoder's format, and the init section for it. */
import { createHash } from 'node:crypto';
import type { TrackFormat } from '../gdp/caps.ts';
import { renderInit } from './cmaf.ts';

export interface Encoding {
  readonly format: TrackFormat;
  /** Names the init section by its content: the same bytes have the same name. */
  readonly initId: string;
  readonly init: Buffer;
}

export function encodingOf(format: TrackFormat): Encoding {
  const init = renderInit(format);
  const initId = createHash('sha256').update(init).digest('base64url').slice(0, 8);
  return { format, initId, init };
}

/** True where the same init section serves both. */
export function isSameFormat(a: TrackFormat, b: TrackFormat): boolean {
  return a.codec === b.codec && a.decoderConfig.equals(b.decoderConfig);
}

/** Duration of one access unit, in us. */
export function frameUsOf({ frameTicks, timescale }: TrackFormat): number {
  return (frameTicks * 1e6) / timescale;
}
