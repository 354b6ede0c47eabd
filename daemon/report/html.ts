/** The page of one drop, or of two that are compared: one file, which needs no network. */
import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { HalError } from '../../hal/os/errors.ts';
import { messageOf } from '../../hal/os/log.ts';
import type { Language } from '../../pipelines/player/text/language.ts';
import { inWords } from './log-text.ts';
import type { DropRecord } from './record.ts';
import { REPORT_TEXTS } from './text/languages.ts';

const BUILT = new URL(
  import.meta.url.endsWith('.ts') ? '../../dist/daemon/report/page/' : './page/',
  import.meta.url,
);

export interface ReportPage {
  readonly html: string;
  /** Allows nothing but what is in the page. */
  readonly policy: string;
}

/** @throws HalError NOT_FOUND where the page is not built. */
export async function renderReportPage(
  records: readonly DropRecord[],
  { name, language }: { readonly name: string; readonly language: Language },
): Promise<ReportPage> {
  const [html, script, style] = await Promise.all(
    ['index.html', 'report.js', 'report.css'].map(readBuilt),
  );
  const code = (script ?? '').replaceAll('</script', '<\\/script');
  // In a script element nothing but its end tag is read as HTML.
  const said = await Promise.all(records.map((record) => sayLog(record, language)));
  const texts = REPORT_TEXTS[language].page;
  const data = JSON.stringify({ box: name, language, texts, records: said }).replaceAll(
    '<',
    '\\u003c',
  );
  const parts: Readonly<Record<string, string>> = {
    '/*__STYLE__*/': style ?? '',
    '"__DATA__"': data,
    __SCRIPT__: code,
    'lang="en"': `lang="${language}"`,
  };
  return {
    html: (html ?? '').replace(
      /\/\*__STYLE__\*\/|"__DATA__"|__SCRIPT__|lang="en"/g,
      (name) => parts[name] ?? '',
    ),
    policy: [
      "default-src 'none'",
      `script-src '${hashOf(code)}'`,
      `style-src '${hashOf(style ?? '')}'`,
      'img-src data:',
      "frame-ancestors 'none'",
      "base-uri 'none'",
      "form-action 'none'",
    ].join('; '),
  };
}

/** Its report is kept in English; alerts and reasons are translated as on the operator's page. */
async function sayLog(record: DropRecord, language: Language): Promise<DropRecord> {
  const { openTranslator } = await import('../web/page/text/translator.ts');
  const { sentence, check } = openTranslator(language);
  const { report } = record;
  const lost = report?.failover_log?.map((one) => ({ ...one, reason: check(one.reason) }));
  return {
    ...record,
    report: report && { ...report, failover_log: lost ?? null },
    log: record.log.map((one) => ({ ...one, text: inWords(one.text, language, sentence) })),
  };
}

const hashOf = (text: string) => `sha256-${createHash('sha256').update(text).digest('base64')}`;

async function readBuilt(name: string): Promise<string> {
  try {
    return await readFile(new URL(name, BUILT), 'utf8');
  } catch (error) {
    const reason = messageOf(error);
    throw new HalError('NOT_FOUND', `the page is not built (${reason}); run: npm run build`);
  }
}
