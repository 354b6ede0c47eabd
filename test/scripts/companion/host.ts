/** Runs a module as Bitfocus Companion does: a process with IPC, by its host API 1.12. */
import { type ChildProcess, fork } from 'node:child_process';
import { until } from '../../support/box.ts';

const WITHIN_MS = 60_000;

interface Message {
  readonly direction: 'call' | 'response';
  readonly name?: string;
  readonly payload?: string;
  readonly callbackId?: number;
  readonly success?: boolean;
}

export class CompanionHost implements Disposable {
  readonly #child: ChildProcess;
  readonly #calls: { readonly name: string; readonly data: unknown }[] = [];
  readonly #answers = new Map<number, (message: Message) => void>();
  readonly variables = new Map<string, unknown>();
  readonly feedbacks = new Map<string, unknown>();
  readonly log: string[] = [];
  status = '';
  #asked = 0;

  constructor(folder: string) {
    this.#child = fork(`${folder}/main.js`, {
      stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
      env: {
        ...process.env,
        MODULE_MANIFEST: `${folder}/companion/manifest.json`,
        CONNECTION_ID: 'box1',
        VERIFICATION_TOKEN: 'token',
      },
    });
    this.#child.on('message', (message) => this.#take(message as Message));
  }

  /** What a definition message said, once it has come. */
  async definitions<T>(name: string): Promise<T> {
    await until(
      () => this.#calls.some((call) => call.name === name),
      WITHIN_MS,
      () => `the module sends ${name}`,
    );
    return this.#calls.findLast((call) => call.name === name)?.data as T;
  }

  /** Asks the module, and returns its answer; rejects with its error. */
  async ask<T>(name: string, data: object): Promise<T> {
    this.#asked += 1;
    const callbackId = this.#asked;
    const answered = new Promise<T>((resolve, reject) => {
      this.#answers.set(callbackId, ({ success, payload }) => {
        if (success === true) resolve(parse(payload) as T);
        else reject(new Error(payload));
      });
    });
    this.#child.send({ direction: 'call', name, payload: JSON.stringify(data), callbackId });
    return await answered;
  }

  [Symbol.dispose](): void {
    this.#child.kill('SIGKILL');
  }

  #take(message: Message): void {
    const data = parse(message.payload);
    if (message.direction === 'response') {
      this.#answers.get(message.callbackId ?? 0)?.(message);
      return;
    }
    this.#calls.push({ name: message.name ?? '', data });
    this.#note(message.name ?? '', data);
    if (message.callbackId === undefined) return;
    const { callbackId } = message;
    this.#child.send({ direction: 'response', callbackId, success: true, payload: '{}' });
  }

  #note(name: string, data: unknown): void {
    const values = data as {
      readonly status: string;
      readonly message: string;
      readonly newValues: readonly { readonly id: string; readonly value: unknown }[];
      readonly values: readonly { readonly id: string; readonly value: unknown }[];
    };
    if (name === 'set-status') this.status = values.status;
    if (name === 'log-message') this.log.push(values.message);
    if (name === 'setVariableValues') {
      for (const { id, value } of values.newValues) this.variables.set(id, value);
    }
    if (name === 'updateFeedbackValues') {
      for (const { id, value } of values.values) this.feedbacks.set(id, value);
    }
  }
}

/** EJSON in the module: of what is sent here it differs in nothing. */
function parse(payload: string | undefined): unknown {
  return payload === undefined ? undefined : JSON.parse(payload);
}
