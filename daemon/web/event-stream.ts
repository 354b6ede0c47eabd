/** One server-sent event stream to one page, with a limit on unsent bytes. */
import type { ServerResponse } from 'node:http';

/** A page with more unsent bytes than this is disconnected; from the lower limit on it gets no levels. */
const BACKLOG_MAX_BYTES = 512_000;
const BACKLOG_SHORT_BYTES = 32_000;
/** A page that reads nothing for so long while bytes wait is disconnected. */
const STALLED_MS = 10_000;

export class EventStream {
  readonly session: string;
  readonly isHost: boolean;
  readonly #response: ServerResponse;
  #readBytes = 0;
  #progressMs: number;

  constructor(response: ServerResponse, session: string, nowMs: number, isHost = false) {
    this.session = session;
    this.isHost = isHost;
    this.#response = response;
    this.#progressMs = nowMs;
  }

  get isOpen(): boolean {
    return !this.#response.destroyed && !this.#response.writableEnded;
  }

  /** @param isOptional May be left out for a page that reads slowly. */
  send(frame: string, isOptional: boolean): void {
    if (!this.isOpen) return;
    const backlogBytes = this.#response.writableLength;
    if (isOptional && backlogBytes > BACKLOG_SHORT_BYTES) return;
    if (backlogBytes + frame.length > BACKLOG_MAX_BYTES) this.#response.destroy();
    else this.#response.write(frame);
  }

  end(frame: string): void {
    if (this.isOpen) this.#response.end(frame);
  }

  /** Disconnects a page that has stopped reading; true when it did. */
  closeIfStalled(nowMs: number): boolean {
    const backlogBytes = this.#response.writableLength;
    const readBytes = (this.#response.socket?.bytesWritten ?? 0) - backlogBytes;
    if (backlogBytes === 0 || readBytes > this.#readBytes) this.#progressMs = nowMs;
    this.#readBytes = readBytes;
    if (nowMs - this.#progressMs < STALLED_MS) return false;
    this.#response.destroy();
    return true;
  }
}

/** Renders one event. JSON contains no line breaks, so one data line is enough. */
export function renderEvent(name: string, data: unknown): string {
  return `event: ${name}\ndata: ${JSON.stringify(data)}\n\n`;
}
