/** `/settings`: the form by GET, a change or an earlier version by POST. */
import { readFileSync } from 'node:fs';
import type { IncomingMessage } from 'node:http';
import * as v from 'valibot';
import { helpOf } from '../../config/form/help.ts';
import type { Settings, SettingsView } from '../../settings/settings.ts';
import { type Answer, answerJson, readJson, refuse } from '../answer.ts';

/** What the page gets. */
export interface SettingsPage extends SettingsView {
  /** By the paths of keys, without the numbers of lists. */
  readonly help: Readonly<Record<string, string>>;
}

const editSchema = v.intersect([
  v.object({
    tag: v.pipe(v.string(), v.maxLength(64)),
    isTry: v.boolean(),
    isLater: v.optional(v.boolean(), false),
  }),
  v.union([
    v.object({ changes: v.record(v.pipe(v.string(), v.maxLength(100)), v.unknown()) }),
    v.object({ version: v.pipe(v.number(), v.integer()) }),
  ]),
]);

/** A catalogue of twenty articles with long names, and then some. */
const BODY_MAX_BYTES = 64 * 1024;

export class SettingsAnswers {
  readonly #settings: Settings;
  #help: Readonly<Record<string, string>> | undefined;

  constructor(settings: Settings) {
    this.#settings = settings;
  }

  /** Undefined for a request that is not for it. */
  async answer(request: IncomingMessage, path: string): Promise<Answer | undefined> {
    if (path !== '/settings') return undefined;
    if (request.method === 'GET') return await this.#page();
    if (request.method !== 'POST') return refuse(405, 'no-such-method');
    const parsed = v.safeParse(editSchema, await readJson(request, BODY_MAX_BYTES));
    if (!parsed.success) return refuse(400, 'bad-request');
    const { tag, isTry, isLater, ...wish } = parsed.output;
    return answerJson(200, await this.#settings.save(wish, tag, isTry, isLater));
  }

  async #page(): Promise<Answer> {
    this.#help ??= helpOf(readExample());
    const view = await this.#settings.view();
    const page: SettingsPage = { ...view, help: this.#help };
    return answerJson(200, page);
  }
}

/** Beside the build, or in the sources; without it the page has no help. */
function readExample(): string {
  const built = !import.meta.url.endsWith('.ts');
  const place = built ? '../../config/example.yaml' : '../../../systemd/venuebox.example.yaml';
  try {
    return readFileSync(new URL(place, import.meta.url), 'utf8');
  } catch {
    return '';
  }
}
