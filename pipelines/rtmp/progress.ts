/** Whether an RTMP server takes the stream, from the bytes that were sent. Pure. */

/** Handshake and commands take less than half of it. */
const COMMANDS_BYTES = 8_192;
/**
 * Media comes at least five times a second, also while nothing is captured: a connection that
 * takes nothing for so long is a dead one.
 */
const SILENT_MS = 5_000;

export interface Progress {
  readonly phase: 'connecting' | 'connected';
  readonly sentBps: number;
  readonly sentBytesTotal: number;
  /** It was connected, and has taken nothing for 5 s. */
  readonly isStalled: boolean;
}

/** Of the statistics of rtmp2sink, a serialised GstStructure. */
export function sentBytesOf(stats: unknown): number {
  const [, digits] = /out-bytes-total=\(guint64\)(\d{1,18})/.exec(String(stats)) ?? [];
  return Number(digits ?? 0);
}

export class RtmpProgress {
  #bytes = 0;
  #atMs: number | undefined;
  #grownMs = Number.NEGATIVE_INFINITY;

  /** To be called about once a second. */
  update(sentBytes: number, nowMs: number): Progress {
    const elapsedMs = nowMs - (this.#atMs ?? nowMs);
    const added = Math.max(0, sentBytes - this.#bytes);
    const hasMedia = sentBytes > COMMANDS_BYTES;
    if (added > 0 && hasMedia) this.#grownMs = nowMs;
    this.#bytes = sentBytes;
    this.#atMs = nowMs;
    const isSilent = nowMs - this.#grownMs >= SILENT_MS;
    return {
      phase: hasMedia && !isSilent ? 'connected' : 'connecting',
      sentBps: elapsedMs > 0 ? Math.round((added * 8_000) / elapsedMs) : 0,
      sentBytesTotal: sentBytes,
      isStalled: hasMedia && isSilent,
    };
  }
}
