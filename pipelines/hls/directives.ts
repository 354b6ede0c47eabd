/** Delivery directives of playlist requests (RFC 8216bis §6.2.5). */
import type { Skip } from './playlist.ts';

export interface Directives {
  readonly msn: number | undefined;
  readonly part: number | undefined;
  readonly skip: Skip | undefined;
}

/** An invalid directive: 400 with this line. */
export interface Refusal {
  readonly refusal: string;
}

const DECIMAL = /^\d{1,15}$/;

/** Reads `_HLS_msn`, `_HLS_part` and `_HLS_skip`, and ignores other parameters. */
export function parseDirectives(query: URLSearchParams): Directives | Refusal {
  const msn = query.get('_HLS_msn');
  const part = query.get('_HLS_part');
  if (msn !== null && !DECIMAL.test(msn)) return refuse('_HLS_msn', msn);
  if (part !== null && !DECIMAL.test(part)) return refuse('_HLS_part', part);
  if (part !== null && msn === null) return { refusal: '_HLS_part requires _HLS_msn' };
  const skip = query.get('_HLS_skip');
  return {
    msn: msn === null ? undefined : Number(msn),
    part: part === null ? undefined : Number(part),
    skip: skip === 'YES' || skip === 'v2' ? skip : undefined,
  };
}

function refuse(name: string, value: string): Refusal {
  return { refusal: `${name} is not a decimal number: ${JSON.stringify(value.slice(0, 40))}` };
}
