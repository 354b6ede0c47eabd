/** A request that is not answered yet, or whose reply the client has not read. */
import type { Connection } from './clients/connection.ts';
import type { Response } from './listeners.ts';

export class PendingRequest {
  readonly connection: Connection;
  readonly response: Response;
  /** The client, as limits count it: behind a proxy that of the guest. */
  address: string;
  #queuedBytes = 0;
  #release: (() => void) | undefined;

  constructor(connection: Connection, response: Response, nowMs: number) {
    this.response = response;
    this.connection = connection;
    this.address = connection.address.key;
    connection.beginRequest(nowMs);
  }

  /** @param release Of what waits for it. */
  setRelease(release: () => void): void {
    this.#release = release;
  }

  setQueued(bytes: number): void {
    this.#queuedBytes += bytes;
    this.connection.addQueued(bytes);
  }

  /** The reply has been sent, or never will be. */
  end(nowMs: number): void {
    this.#release?.();
    this.connection.addQueued(-this.#queuedBytes);
    this.connection.endRequest(nowMs);
  }
}
