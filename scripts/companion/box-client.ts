/** Signs in at a box's operator's page, follows its state and sends it commands. */
import { OWN_HEADER } from '../../daemon/web/guard.ts';
import { fromHello, type Model, withChange } from '../../daemon/web/page/ui/model.ts';
import type { Bye, Change, Hello, View } from '../../daemon/web/protocol.ts';
import { anySignal, unlessAborted } from '../../hal/os/async.ts';
import { readServerEvents } from './server-events.ts';

export interface BoxAddress {
  /** Of the operator's page, for example `http://venuebox-1a2b3.local:8081`. */
  readonly url: string;
  readonly pin: string;
}

/** `refused`: the PIN is wrong; it is not tried again, as wrong PINs lock an address. */
export type Connection = 'connecting' | 'connected' | 'away' | 'refused';

export interface BoxEvents {
  readonly onView: (view: View | undefined) => void;
  readonly onConnection: (connection: Connection, detail: string) => void;
}

/** What the box answers to a command. */
interface Answer {
  readonly status?: string;
  readonly detail?: string;
  readonly error?: string;
}

const ANSWER_MS = 10_000;
/** A checklist or a rehearsal takes minutes. */
const COMMAND_MS = 30 * 60_000;
/** The box sends at least twice a second. */
const SILENT_MS = 10_000;
const PAUSE_FIRST_MS = 1_000;
const PAUSE_MAX_MS = 15_000;

class Refused extends Error {}

export class BoxClient {
  readonly #address: BoxAddress;
  readonly #events: BoxEvents;
  readonly #ending = new AbortController();
  #cookie = '';

  constructor(address: BoxAddress, events: BoxEvents) {
    this.#address = { ...address, url: address.url.replace(/\/+$/, '') };
    this.#events = events;
  }

  close(): void {
    this.#ending.abort();
  }

  /** Stays connected until it is closed, or the PIN is refused. */
  async run(): Promise<void> {
    const { signal } = this.#ending;
    let pauseMs = PAUSE_FIRST_MS;
    while (!signal.aborted) {
      this.#events.onConnection('connecting', '');
      try {
        await this.#follow(signal, () => {
          pauseMs = PAUSE_FIRST_MS;
        });
      } catch (error) {
        if (signal.aborted) return;
        this.#events.onView(undefined);
        const detail = describe(error);
        this.#events.onConnection(error instanceof Refused ? 'refused' : 'away', detail);
        if (error instanceof Refused) return;
      }
      await unlessAborted(wait(pauseMs), signal).catch(() => undefined);
      pauseMs = Math.min(PAUSE_MAX_MS, pauseMs * 2);
    }
  }

  /** @returns What the box did. Rejects with a sentence where it did not. */
  async command(verb: string, args: Readonly<Record<string, unknown>>): Promise<string> {
    const answer = await this.#post('/command', { verb, args }, COMMAND_MS);
    const { status, detail, error } = (await answer.json()) as Answer;
    if (status === 'done') return detail ?? '';
    throw new Error(detail ?? error ?? `the box answers ${answer.status}`);
  }

  async #follow(signal: AbortSignal, onHello: () => void): Promise<void> {
    if (this.#cookie === '') await this.#signIn();
    const silence = new AbortController();
    using ends = anySignal(signal, silence.signal);
    const timer = setTimeout(() => silence.abort(new Error('the box is silent')), SILENT_MS);
    try {
      const headers = { cookie: this.#cookie, accept: 'text/event-stream' };
      const url = `${this.#address.url}/events`;
      const response = await fetch(url, { headers, signal: ends.signal });
      if (response.status === 401) this.#cookie = '';
      if (!response.ok || response.body === null) {
        throw new Error(`the box answers ${response.status}`);
      }
      let model: Model | undefined;
      for await (const { name, data } of readServerEvents(response.body)) {
        timer.refresh();
        if (name === 'bye') throw new Error(this.#leave(JSON.parse(data) as Bye));
        if (name === 'hello') {
          model = fromHello(JSON.parse(data) as Hello, Date.now());
          onHello();
          this.#events.onConnection('connected', '');
        } else if (name === 'change' && model !== undefined) {
          model = withChange(model, JSON.parse(data) as Change, Date.now());
        } else continue;
        this.#events.onView(model.view);
      }
      throw new Error('the box has closed the connection');
    } finally {
      clearTimeout(timer);
      silence.abort();
    }
  }

  /** Why the box ended the events, in words. */
  #leave({ reason }: Bye): string {
    if (reason === 'ending') return 'the box ends';
    this.#cookie = '';
    return reason === 'signed-out' ? 'the session was ended' : 'too many pages are open';
  }

  async #signIn(): Promise<void> {
    const response = await this.#post('/session', { pin: this.#address.pin }, ANSWER_MS);
    if (response.status === 401) throw new Refused('the box does not take this PIN');
    if (!response.ok) throw new Error(`the box answers ${response.status} to the sign-in`);
    this.#cookie = response.headers.get('set-cookie')?.split(';')[0] ?? '';
    await response.body?.cancel();
  }

  async #post(path: string, body: object, limitMs: number): Promise<Response> {
    using ends = anySignal(this.#ending.signal, AbortSignal.timeout(limitMs));
    const headers = { 'content-type': 'application/json', [OWN_HEADER]: '1', cookie: this.#cookie };
    const text = JSON.stringify(body);
    const url = `${this.#address.url}${path}`;
    return await fetch(url, { method: 'POST', headers, body: text, signal: ends.signal });
  }
}

function wait(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

/** The system's reason, which `fetch` keeps in its cause. */
function describe(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return error.cause instanceof Error ? error.cause.message : error.message;
}
