/** The scripts of all pages call nothing that the oldest browsers do not have for which they are built. */
import { readFileSync } from 'node:fs';
import { buildSync } from 'esbuild';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { anySignal, timeoutSignal } from '../../../../pipelines/player/playback/signals.ts';

const test = suite('older browsers');

type Browser = 'chrome' | 'firefox' | 'safari';

/** Since when they have it, by MDN's tables. What the bundler turns into older syntax is not here. */
const SINCE: Readonly<Record<string, Readonly<Record<Browser, number>>>> = {
  'AbortSignal.timeout(': { chrome: 103, firefox: 100, safari: 16 },
  'AbortSignal.any(': { chrome: 116, firefox: 124, safari: 17.4 },
  '.toSorted(': { chrome: 110, firefox: 115, safari: 16 },
  '.toReversed(': { chrome: 110, firefox: 115, safari: 16 },
  '.toSpliced(': { chrome: 110, firefox: 115, safari: 16 },
  '.findLast(': { chrome: 97, firefox: 104, safari: 15.4 },
  '.findLastIndex(': { chrome: 97, firefox: 104, safari: 15.4 },
  '.at(': { chrome: 92, firefox: 90, safari: 15.4 },
  'Object.hasOwn(': { chrome: 93, firefox: 92, safari: 15.4 },
  'Object.groupBy(': { chrome: 117, firefox: 119, safari: 17.4 },
  'Map.groupBy(': { chrome: 117, firefox: 119, safari: 17.4 },
  'Array.fromAsync(': { chrome: 121, firefox: 115, safari: 16.4 },
  'Promise.withResolvers(': { chrome: 119, firefox: 121, safari: 17.4 },
  'Promise.try(': { chrome: 128, firefox: 134, safari: 18.2 },
  'URL.canParse(': { chrome: 120, firefox: 115, safari: 17 },
  'URL.parse(': { chrome: 126, firefox: 126, safari: 18 },
  'structuredClone(': { chrome: 98, firefox: 94, safari: 15.4 },
  '.randomUUID(': { chrome: 92, firefox: 95, safari: 15.4 },
  '.checkVisibility(': { chrome: 105, firefox: 106, safari: 17.4 },
  '.isWellFormed(': { chrome: 111, firefox: 119, safari: 16.4 },
  '.intersection(': { chrome: 122, firefox: 127, safari: 17 },
  '.showPopover(': { chrome: 114, firefox: 125, safari: 17 },
  'requestIdleCallback(': { chrome: 47, firefox: 55, safari: Number.POSITIVE_INFINITY },
  'new CompressionStream(': { chrome: 80, firefox: 113, safari: 16.4 },
  'new OffscreenCanvas(': { chrome: 69, firefox: 105, safari: 16.4 },
};

/** Of scripts/build.mjs. */
const TARGETS = [
  ...(/target: \[([^\]]*)\]/
    .exec(readFileSync('scripts/build.mjs', 'utf8'))?.[1]
    ?.matchAll(/'(chrome|firefox|safari)([\d.]+)'/g) ?? []),
].map(([, browser, version]) => [browser as Browser, Number(version)] as const);

const count = (text: string, part: string) => text.split(part).length - 1;

/** What a script calls that is too new, and more often than it asks first whether that is there. */
function tooNewIn(script: string): readonly string[] {
  const isTooNew = (name: string) =>
    TARGETS.some(([browser, version]) => (SINCE[name]?.[browser] ?? 0) > version);
  return Object.keys(SINCE).filter((name) => {
    const asked = count(script, `typeof ${name.slice(0, -1)} `);
    return isTooNew(name) && count(script, name) > asked;
  });
}

/** The operator's page and the report run on the old phone of a crew, too. */
const ENTRIES = [
  ...['pipelines/player/page.ts', 'pipelines/player/watch/watch.ts'],
  ...['daemon/web/page/main.ts', 'daemon/report/page/main.ts', 'daemon/printing/page/main.ts'],
];

for (const entry of ENTRIES)
  test(`${entry} calls nothing that is newer than the browsers of the build`, () => {
    assert.equal(TARGETS.map(([browser]) => browser).sort(), ['chrome', 'firefox', 'safari']);
    const { outputFiles } = buildSync({
      ...{ entryPoints: [entry], bundle: true, write: false },
      target: TARGETS.map(([browser, version]) => `${browser}${version}`),
    });
    assert.equal(tooNewIn(outputFiles[0]?.text ?? ''), []);
  });

test('the guests’ page fills the screen also where no unit leaves out the bars of the browser', () => {
  const css = readFileSync('pipelines/player/player.css', 'utf8');
  assert.match(css, /--screen: 100vh;/);
  const inSupports = /@supports \(height: 100dvh\) \{[^}]*\}\s*\}/g;
  assert.not.match(css.replace(inSupports, ''), /\d[dsl]v[hw]/);
});

/** In a browser without these. */
function without<Result>(names: readonly ('any' | 'timeout')[], act: () => Result): Result {
  const kept = names.map((name) => [name, AbortSignal[name]] as const);
  try {
    for (const [name] of kept) Object.assign(AbortSignal, { [name]: undefined });
    return act();
  } finally {
    for (const [name, was] of kept) Object.assign(AbortSignal, { [name]: was });
  }
}

test('an iPhone of iOS 15 gives up a request that is not answered', async () => {
  const other = new AbortController().signal;
  const signal = without(['any', 'timeout'], () => anySignal(other, timeoutSignal(1)));
  await new Promise((resolve) => signal.addEventListener('abort', resolve, { once: true }));
  assert.is((signal.reason as DOMException).name, 'TimeoutError');
});

test.run();
