/** A browser that hangs itself: the test opens another one. */

/**
 * The page's thread answers nothing. WebKitGTK 2.50 does that once in some dozen starts on a slow
 * machine, before the first picture: it waits for a lock of its own media pipeline (a futex, with
 * no processor time used), and no script of any page runs any more.
 */
export class BrowserHangs extends Error {}

const TRIES = 3;

/** Runs it again where the browser hangs; a page that stops each of them has failed. */
export async function unlessItHangs(run: () => Promise<void>): Promise<void> {
  for (let tried = 1; ; tried += 1) {
    try {
      await run();
      return;
    } catch (error) {
      if (!(error instanceof BrowserHangs) || tried === TRIES) throw error;
      console.log(`the browser hung, and another is opened: ${error.message}`);
    }
  }
}
