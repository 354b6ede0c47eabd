/** Reads server-sent events (HTML Living Standard, 9.2.6) as far as the box sends them. */

export interface ServerEvent {
  readonly name: string;
  readonly data: string;
}

/** The first event holds the log and ten minutes of samples: some hundred kilobytes. */
const EVENT_MAX = 16 * 1024 * 1024;

/** Rejects where one event is larger than 16 MB of text. */
export async function* readServerEvents(
  body: AsyncIterable<Uint8Array>,
): AsyncGenerator<ServerEvent> {
  const decoder = new TextDecoder();
  let text = '';
  for await (const chunk of body) {
    text += decoder.decode(chunk, { stream: true });
    const events = text.split('\n\n');
    text = events.pop() ?? '';
    if (text.length > EVENT_MAX) throw new Error('an event of the box is too large');
    for (const event of events) {
      const name = /^event: ?(.*)$/m.exec(event)?.[1];
      const data = /^data: ?(.*)$/m.exec(event)?.[1];
      if (name !== undefined && data !== undefined) yield { name, data };
    }
  }
}
