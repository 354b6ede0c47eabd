/** Replies without an end that is known beforehand: they go on while the client reads. */

/** Where the bytes of such a reply go. */
export interface StreamOutput {
  /** Bytes that the client has not taken yet. */
  readonly backlogBytes: number;
  /** Ignored once the reply is over. The bytes are not copied, and must not change. */
  write(bytes: Buffer): void;
  /** The last bytes. */
  end(bytes: Buffer): void;
}

/** What writes such a reply. */
export interface StreamSource {
  /** The client has taken all that there was. */
  readonly drained: () => void;
  /** Called once: the reply is over, or the client has gone. */
  readonly leave: () => void;
}

/** Called once the headers are written. */
export type StartStream = (output: StreamOutput) => StreamSource;
