/** Runs axe-core in a page: what of it people with a disability cannot use, and what is hidden in vain. */
import axe from 'axe-core';
import type { Evaluates } from '../chromium.ts';

/** WCAG 2.2 AA, and what axe's authors think best. */
const TAGS = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'];

interface Results {
  readonly violations: readonly {
    readonly id: string;
    readonly nodes: readonly { readonly html: string; readonly failureSummary: string }[];
  }[];
}

/** @returns a line for each fault; none where all is well. */
export async function axeFaults(page: Evaluates): Promise<readonly string[]> {
  await page.evaluate(`if (!window.axe) { ${axe.source}; }`);
  const run = `axe.run(document, { runOnly: ${JSON.stringify(TAGS)}, resultTypes: ['violations'] })`;
  const { violations } = (await page.evaluate(run)) as Results;
  // A class with a display of its own goes before what the browser does for the attribute.
  const seen = (await page.evaluate(
    '[...document.querySelectorAll("[hidden]")].filter((one) => one.checkVisibility()).map((one) => one.outerHTML)',
  )) as readonly string[];
  const shown = seen.map((html) => `hidden, and seen: ${html.slice(0, 120)}`);
  const faults = violations.flatMap(({ id, nodes }) =>
    nodes.map(({ html, failureSummary }) => `${id}: ${html.slice(0, 120)} ${failureSummary}`),
  );
  return [...shown, ...faults];
}
