/** Renders `Cache-Status` (RFC 9211). */

/** What a cache did with a request. */
export type CacheOutcome =
  | { readonly type: 'hit'; readonly ttlS?: number; readonly detail?: string }
  | {
      readonly type: 'forward';
      readonly why: 'method' | 'uri-miss' | 'vary-miss' | 'miss' | 'stale';
      readonly status?: number;
      readonly ttlS?: number;
      readonly isStored?: boolean;
      /** It was answered by a fetch that another request had started. */
      readonly isCollapsed?: boolean;
      readonly detail?: string;
    };

const CACHE_NAME = 'venuebox';

/** @param name Of the cache. */
export function renderCacheStatus(outcome: CacheOutcome, name = CACHE_NAME): string {
  const members = [name];
  if (outcome.type === 'hit') members.push('hit');
  else {
    members.push(`fwd=${outcome.why}`);
    if (outcome.status !== undefined) members.push(`fwd-status=${outcome.status}`);
  }
  // Negative where what was sent was stale (RFC 9211 §2.4).
  if (outcome.ttlS !== undefined) members.push(`ttl=${Math.round(outcome.ttlS)}`);
  if (outcome.type === 'forward' && outcome.isStored) members.push('stored');
  if (outcome.type === 'forward' && outcome.isCollapsed) members.push('collapsed');
  if (outcome.detail !== undefined) members.push(`detail=${quoted(outcome.detail)}`);
  return members.join('; ');
}

/** A string of a structured field: printable ASCII (RFC 9651 §3.3.3). */
function quoted(text: string): string {
  const plain = text.replace(/[^\x20-\x7e]/g, '?');
  return `"${plain.replace(/[\\"]/g, '\\$&')}"`;
}
