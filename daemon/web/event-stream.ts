import type { ServerResponse } from 'node:http';

/** Kept for a reader that is slow; levels are left out for it well before. */
const BACKLOG_MAX_BYTES = 512_000;
const BACKLOG_SHORT_BYTES = 32_000;
/** A reader that takes nothing for so long while bytes wait is dropped. */
const STUCK_MS = 10_000;

/** One page that listens: server-sent events over one response, with a bound on what waits. */
export class EventStream {
  readonly session: string;
  readonly #response: ServerResponse;
  #takenBytes = 0;
  #progressMs: number;

  constructor(response: ServerResponse, session: string, nowMs: number) {
    this.session = session;
    this.#response = response;
    this.#progressMs = nowMs;
  }

  get isOpen(): boolean {
    return !this.#response.destroyed && !this.#response.writableEnded;
  }

  /** @param isSparable May be left out for a reader that is behind. */
  send(frame: string, isSparable: boolean): void {
    if (!this.isOpen) return;
    const backlogBytes = this.#response.writableLength;
    if (isSparable && backlogBytes > BACKLOG_SHORT_BYTES) return;
    if (backlogBytes + frame.length > BACKLOG_MAX_BYTES) this.#response.destroy();
    else this.#response.write(frame);
  }

  end(frame: string): void {
    if (this.isOpen) this.#response.end(frame);
  }

  /** Drops a reader that has stopped reading. True when it was dropped. */
  dropIfStuck(nowMs: number): boolean {
    const backlogBytes = this.#response.writableLength;
    const takenBytes = (this.#response.socket?.bytesWritten ?? 0) - backlogBytes;
    if (backlogBytes === 0 || takenBytes > this.#takenBytes) this.#progressMs = nowMs;
    this.#takenBytes = takenBytes;
    if (nowMs - this.#progressMs < STUCK_MS) return false;
    this.#response.destroy();
    return true;
  }
}

/** One event as it stands on the wire. JSON holds no line end, so one data line is enough. */
export function renderEvent(name: string, data: unknown): string {
  return `event: ${name}\ndata: ${JSON.stringify(data)}\n\n`;
}
