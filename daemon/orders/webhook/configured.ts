/** The webhook of the config: another one where the config changes. */
import { untilAborted } from '../../../hal/os/async.ts';
import type { Task } from '../../../hal/os/task.ts';
import { runOptionalPort } from '../../../pipelines/http/optional-port.ts';
import type { Config } from '../../config/config.ts';
import type { AnswerWebhook } from '../../model/orders.ts';
import { openSecrets, type Secrets } from './secrets.ts';
import { runWebhook } from './server.ts';
import { Webhook, type WebhookDeps } from './webhook.ts';

type WebhookConfig = Config['orders']['webhook'];
type Deps = Omit<WebhookDeps, 'scheme' | 'secrets'>;

export class ConfiguredWebhook {
  readonly #deps: Deps;
  #key = '';
  #secrets: (() => Secrets) | undefined;
  #scheme: WebhookConfig['scheme'];
  /** Made at its first use: the order service is open then. */
  #hook: Webhook | undefined;

  constructor(config: WebhookConfig, deps: Deps) {
    this.#deps = deps;
    this.#scheme = config.scheme;
    this.#use(config);
  }

  /** Why its secret cannot be used; undefined where it can, and where there is none. */
  readonly fault = (): string | undefined => {
    const read = this.#secrets?.();
    return read !== undefined && 'fault' in read ? read.fault : undefined;
  };

  /** Undefined where the config has none. */
  readonly answer = (): AnswerWebhook | undefined => {
    const secrets = this.#secrets;
    if (secrets === undefined) return undefined;
    this.#hook ??= new Webhook({ ...this.#deps, scheme: this.#scheme, secrets });
    return this.#hook.answer.bind(this.#hook);
  };

  /** Serves it on a port of its own, or waits where it has none. */
  running(config: WebhookConfig): Task {
    this.#use(config);
    const answer = this.answer();
    if (answer === undefined) return untilAborted;
    const { host, port, tls } = config;
    const run: Task = (signal) => runWebhook({ host, port, tls }, answer, this.#deps, signal);
    const [task = untilAborted] = runOptionalPort('webhook', port, this.#deps, run);
    return task;
  }

  #use({ scheme, secret_file }: WebhookConfig): void {
    const key = `${scheme} ${secret_file}`;
    if (key === this.#key) return;
    this.#key = key;
    this.#scheme = scheme;
    this.#hook = undefined;
    this.#secrets = secret_file === '' ? undefined : openSecrets(secret_file, scheme);
    const reason = this.fault();
    // The box goes on: a drop is more than its shop.
    if (reason !== undefined) this.#deps.log.error('order webhooks are refused', { reason });
  }
}
