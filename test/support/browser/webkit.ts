/** Opens pages in WebKitGTK, by WebDriver (https://www.w3.org/TR/webdriver2/). */
import { existsSync, readdirSync } from 'node:fs';
import { descendantsOf, killAll, until } from '../box.ts';
import { freePort } from '../free-port.ts';
import { startProgram } from '../program.ts';
import { BrowserHangs } from './hang.ts';
import { asyncScript, type OtherBrowser } from './other-browser.ts';

const DRIVER = '/usr/bin/WebKitWebDriver';
const LIBRARIES = '/usr/lib';
/** Longer than any script here takes, a watch of 15 s, on a slow machine. */
const ANSWERS_WITHIN_MS = 60_000;
const ENDS_WITHIN_MS = 5_000;

/** Undefined where Debian's webkit2gtk-driver is not installed. */
export function webKitBinary(): string | undefined {
  if (!existsSync(DRIVER) || !existsSync('/usr/bin/Xvfb')) return undefined;
  return readdirSync(LIBRARIES)
    .filter((name) => name.endsWith('-linux-gnu'))
    .flatMap((name) =>
      [4.1, 4.0].map((api) => `${LIBRARIES}/${name}/webkit2gtk-${api}/MiniBrowser`),
    )
    .find((path) => existsSync(path));
}

export interface WebKit extends OtherBrowser {
  /** As a finger does: the browser takes it for the guest's. */
  tap(selector: string): Promise<void>;
}

/**
 * With a display of its own, without one to look at.
 *
 * @param autoplay What it plays without a tap: `deny` is as on an iPhone that saves power.
 */
export async function openWebKit(autoplay?: 'deny'): Promise<WebKit> {
  const display = `:${100 + (process.pid % 20_000)}`;
  const screen = startProgram('Xvfb', [display, '-screen', '0', '1280x900x24', '-nolisten', 'tcp']);
  await until(() => existsSync(`/tmp/.X11-unix/X${display.slice(1)}`), 10_000, screen.output);
  const port = await freePort();
  const root = `http://127.0.0.1:${port}`;
  const driver = startProgram('env', [
    `DISPLAY=${display}`,
    DRIVER,
    '--host=127.0.0.1',
    `--port=${port}`,
  ]);
  await until(async () => (await fetch(`${root}/status`)).ok, 10_000, driver.output);
  const session = `${root}/session/${await openSession(root, autoplay)}`;
  return {
    open: async (url) => {
      await command(`${session}/url`, { url });
    },
    evaluate: async (expression) =>
      await command(`${session}/execute/async`, { script: asyncScript(expression), args: [] }),
    tap: async (selector) => {
      const query = { using: 'css selector', value: selector };
      const element = (await command(`${session}/element`, query)) as Record<string, string>;
      await command(`${session}/element/${Object.values(element)[0]}/click`, {});
    },
    [Symbol.asyncDispose]: async () => {
      // One that hangs does not close its page, and holds the driver's output.
      const programs = descendantsOf(driver.child.pid as number);
      const signal = AbortSignal.timeout(ENDS_WITHIN_MS);
      await fetch(session, { method: 'DELETE', signal }).catch(() => undefined);
      killAll(programs);
      await driver[Symbol.asyncDispose]();
      await screen[Symbol.asyncDispose]();
    },
  };
}

async function openSession(root: string, autoplay?: string): Promise<string> {
  const policy = autoplay === undefined ? [] : [`--autoplay-policy=${autoplay}`];
  const { sessionId } = (await command(`${root}/session`, {
    capabilities: {
      alwaysMatch: {
        timeouts: { script: 2 * ANSWERS_WITHIN_MS },
        'webkitgtk:browserOptions': { binary: webKitBinary(), args: ['--automation', ...policy] },
      },
    },
  })) as { readonly sessionId: string };
  return sessionId;
}

/** Rejects with {@link BrowserHangs} where the page's thread does not answer. */
async function command(url: string, body: object): Promise<unknown> {
  const signal = AbortSignal.timeout(ANSWERS_WITHIN_MS);
  const sent = { method: 'POST', body: JSON.stringify(body), signal };
  const response = await fetch(url, sent).catch((cause: unknown) => {
    throw signal.aborted ? new BrowserHangs(url, { cause }) : cause;
  });
  const { value } = (await response.json()) as { readonly value: unknown };
  if (response.ok) return value;
  throw new Error(`${url}: ${JSON.stringify(value)}`);
}
