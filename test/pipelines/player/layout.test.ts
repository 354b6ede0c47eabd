/** The pages' states on a phone, held both ways, and a desktop: nothing overflows or wraps. */
import type { Page } from 'playwright-core';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { DICTIONARIES } from '../../../pipelines/player/text/languages.ts';
import { axeFaults } from '../../support/browser/axe.ts';
import { SCENES, type Scene, serveScene } from '../../support/browser/guest-scenes.ts';
import { savePicture } from '../../support/browser/picture.ts';
import { type Browser, openChromium, waitInPage } from '../../support/chromium.ts';

const test = suite<{ browser: Browser }>('layout of the pages');

const SIZES = [
  { width: 360, height: 740 },
  { width: 740, height: 360 },
  { width: 1440, height: 900 },
  { width: 320, height: 640 },
] as const;

/** Controls that a guest sees, with their heights in lines. */
const WRAPPED = `[...document.querySelectorAll('button:not(li button), a.action')]
  .filter((control) => control.offsetParent !== null && control.getClientRects().length > 0)
  .filter((control) => control.getBoundingClientRect().height > 56 || control.getClientRects().length > 1
    || control.getBoundingClientRect().right > innerWidth)
  .map((control) => control.textContent || control.id)`;
const UNNAMED = `[...document.querySelectorAll('button, a, video')]
  .filter((control) => control.offsetParent !== null)
  .filter((control) => !(control.textContent.trim() || control.getAttribute('aria-label')))
  .map((control) => control.id || control.outerHTML)`;
const FITS = 'document.documentElement.scrollWidth <= innerWidth';
const TEXT_SIZE = 'getComputedStyle(document.documentElement).fontSize';
/** What the cover says, and does not show whole. */
const CUT_OFF = `[...document.querySelectorAll('#cover > :not(#still, #loop)')]
  .filter((said) => said.offsetParent !== null && said.textContent.trim() !== '')
  .filter((said) => {
    const [inner, outer] = [said, said.parentElement].map((element) => element.getBoundingClientRect());
    return inner.top < outer.top - 1 || inner.bottom > outer.bottom + 1;
  })
  .map((said) => said.id)`;
/** A page without a switch has one language. The last one stays, as its words are long. */
const IN_EACH_LANGUAGE = `${JSON.stringify([...Object.keys(DICTIONARIES), 'de'])}.flatMap((lang) => {
  const select = document.getElementById('language');
  if (select) { select.value = lang; select.dispatchEvent(new Event('change')); }
  const tooWide = ${FITS} ? [] : ['wider than the screen'];
  return [...tooWide, ...${WRAPPED}, ...${UNNAMED}].map((fault) => lang + ': ' + fault);
})`;

/** Until the page has started its player, which has no box here, it may leave the state again. */
async function show(page: Page, { script, isShown }: Scene): Promise<void> {
  await waitInPage(page, 'document.readyState === "complete"');
  await waitInPage(page, `(${script || 'undefined'}, ${isShown})`);
}

test.before(async (context) => {
  context.browser = await openChromium(SIZES[0]);
});
test.after(async ({ browser }) => {
  await browser[Symbol.asyncDispose]();
});

for (const [state, scene] of Object.entries(SCENES)) {
  test(`${state}: in each size and language nothing is wider than the screen, no control wraps, and axe finds nothing`, async ({
    browser,
  }) => {
    using served = await serveScene(scene);
    const page = await browser.open(served.url);
    for (const size of SIZES) {
      await page.setViewportSize(size);
      await show(page, scene);
      const where = `${state} ${size.width}`;
      assert.equal(await page.evaluate(IN_EACH_LANGUAGE), [], where);
      const scheme = size.width === 1440 ? 'dark' : 'light';
      await page.emulateMedia({ colorScheme: scheme, reducedMotion: 'reduce' });
      await savePicture(page, `guests/${state}-${size.width}x${size.height}`);
      if (size.width === 360 || size.width === 1440)
        assert.equal(await axeFaults(page), [], `${where} ${scheme}`);
    }
    await page.setViewportSize(SIZES[0]);
    const settings = await browser.context.newCDPSession(page);
    await settings.send('Page.setFontSizes', { fontSizes: { standard: 32 } });
    assert.is(await page.evaluate(TEXT_SIZE), '32px');
    assert.ok(await page.evaluate(FITS), `${state} with text twice as large`);
    assert.equal(await page.evaluate(CUT_OFF), [], state);
    await settings.send('Page.setFontSizes', { fontSizes: { standard: 16 } });
    // A screenshot of the browser's setting would show text as it was before.
    await page.evaluate("document.documentElement.style.fontSize = '200%'");
    await savePicture(page, `guests/${state}-200pct`, true);
    assert.is(await page.evaluate(TEXT_SIZE), '32px');
    // Text may be larger without the style sheet's knowing of it, as in Safari.
    assert.ok(await page.evaluate(FITS), `${state} with text enlarged alone`);
    assert.equal(await page.evaluate(CUT_OFF), [], state);
    await page.evaluate("document.documentElement.style.fontSize = ''");
    await page.emulateMedia({ forcedColors: 'active' });
    await savePicture(page, `guests/${state}-forced-colors`);
    await page.close();
  });
}

test.run();
