/** Answers for past drops: their list, and the report of one or of two as JSON and as a page. */

import type { Log } from '../../../hal/os/log.ts';
import { messageOf } from '../../../hal/os/log.ts';
import type { Language } from '../../../pipelines/player/text/language.ts';
import { renderReportPage } from '../../report/html.ts';
import type { DropRecord } from '../../report/record.ts';
import type { DropRecords } from '../../report/recorder.ts';
import { type Answer, answerJson, refuse } from '../answer.ts';

const ID = '[\\w-]{1,64}';
const ONE = new RegExp(`^/reports/(${ID})\\.(json|html)$`);
const TWO = new RegExp(`^/reports/(${ID})/(${ID})\\.html$`);

export class ReportAnswers {
  readonly #records: Pick<DropRecords, 'list' | 'read'>;
  readonly #box: { readonly name: string; readonly language: () => Language };
  readonly #log: Log;

  constructor(
    records: Pick<DropRecords, 'list' | 'read'>,
    box: { readonly name: string; readonly language: () => Language },
    log: Log,
  ) {
    this.#records = records;
    this.#box = box;
    this.#log = log;
  }

  /** Undefined for another path. */
  async answer(path: string): Promise<Answer | undefined> {
    if (path === '/reports.json') return answerJson(200, this.#records.list());
    const [, id, form] = ONE.exec(path) ?? [];
    if (id !== undefined) return form === 'json' ? this.#answerJson(id) : this.#answerPage([id]);
    const [, first, second] = TWO.exec(path) ?? [];
    if (first === undefined || second === undefined) return undefined;
    return this.#answerPage([first, second]);
  }

  #answerJson(id: string): Answer {
    const record = this.#records.read(id);
    return record === undefined ? refuse(404, 'not-here') : answerJson(200, record);
  }

  async #answerPage(ids: readonly string[]): Promise<Answer> {
    const records: DropRecord[] = ids.flatMap((id) => this.#records.read(id) ?? []);
    if (records.length < ids.length) return refuse(404, 'not-here');
    try {
      const { name, language } = this.#box;
      const box = { name, language: language() };
      const { html, policy } = await renderReportPage(records, box);
      const headers = { 'Content-Security-Policy': policy };
      return { status: 200, type: 'text/html; charset=utf-8', body: html, headers };
    } catch (error) {
      this.#log.error('drop report not shown', { reason: messageOf(error) });
      return refuse(500, 'not-built');
    }
  }
}
