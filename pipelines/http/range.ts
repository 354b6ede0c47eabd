/** Parses `Range` (RFC 9110 §14.2). */

/** The bytes that a `Range` header requests. */
export type RangeAnswer =
  /** No range, or one that may be ignored: the complete file. */
  | { readonly type: 'complete' }
  /** First and last byte, both included. */
  | { readonly type: 'part'; readonly from: number; readonly to: number }
  /** 416 */
  | { readonly type: 'unsatisfiable' };

/** Several ranges at once are ignored, as a server may do: players do not use them. */
export function parseRange(range: string | undefined, bytes: number): RangeAnswer {
  const found = /^bytes=(\d{0,15})-(\d{0,15})$/.exec(range?.trim() ?? '');
  const [, first = '', last = ''] = found ?? [];
  if (found === null || (first === '' && last === '')) return { type: 'complete' };
  const from = first === '' ? Math.max(0, bytes - Number(last)) : Number(first);
  const to = first === '' || last === '' ? bytes - 1 : Math.min(Number(last), bytes - 1);
  if (first !== '' && last !== '' && Number(last) < from) return { type: 'complete' };
  if (from >= bytes || (first === '' && Number(last) === 0)) return { type: 'unsatisfiable' };
  return { type: 'part', from, to };
}
