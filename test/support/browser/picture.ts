/** Pictures of pages for people: a test file that runs by itself saves them, a whole run does not. */
import { mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import type { Locator, Page } from 'playwright-core';

const FOLDER = 'bench-results';

/** Nothing is asserted of it. Drawing those of all tests takes a minute of one core. */
export async function savePicture(of: Page | Locator, name: string, fullPage = false) {
  if (process.env['NO_PICTURES'] !== undefined) return;
  const path = `${FOLDER}/${name}.png`;
  mkdirSync(dirname(path), { recursive: true });
  await of.screenshot({ path, ...(fullPage && { fullPage }) });
}
