/** 50 viewers behind each reverse proxy that is installed: `npm run bench:proxies [-- NAME…]`. */
import { startDetailedBox } from '../../../test/support/box.ts';
import { PROXIES, type ReverseProxy } from '../../../test/support/network/reverse-proxies.ts';
import { round, watchMachine } from '../machine.ts';
import { runLoad } from '../viewers.ts';

const VIEWERS = 50;
/** A part that is asked for so early is refused; it is there this much later. */
const EARLY_SEGMENTS = 3;
const LATER_MS = 4_500;

const names = process.argv.slice(2).map((name) => name.toLowerCase());
const machine = watchMachine();
console.log('| in front | part wait p50 | p99 | failed | a 404 asked for early |');
console.log('| --- | --- | --- | --- | --- |');
const nothing: ReverseProxy = {
  name: 'nothing',
  missing: () => undefined,
  start: async (url) => ({ url, [Symbol.asyncDispose]: async () => undefined }),
};
for (const proxy of [nothing, ...PROXIES]) {
  if (names.length > 0 && !names.includes(proxy.name.toLowerCase())) continue;
  const missing = proxy.missing();
  console.log(
    missing === undefined ? await rowOf(proxy) : `${proxy.name}: not installed: ${missing}`,
  );
}
const { cores, cpu, load1m } = machine();
console.log(`\n${VIEWERS} viewers, on ${cores} x ${cpu}, load ${load1m}`);

async function rowOf(proxy: ReverseProxy): Promise<string> {
  await using box = await startDetailedBox(['viewers.trusted_proxies=[127.0.0.1]']);
  await box.ready();
  await using front = await proxy.start(box.url);
  const early = await askEarly(front.url);
  const { waitP50Ms, waitP99Ms, failed } = await runLoad(front.url, VIEWERS, 'part').report;
  const waits = [waitP50Ms, waitP99Ms].map((ms) => `${round(ms, 0)} ms`);
  return `| ${[proxy.name, ...waits, failed, early].join(' | ')} |`;
}

/** Whether a refusal of what is not there yet is given again once it is there. */
async function askEarly(url: string): Promise<string> {
  await new Promise((resolve) => setTimeout(resolve, LATER_MS));
  const text = await (await fetch(`${url}/live/low/index.m3u8`)).text();
  const numbers = [...text.matchAll(/^(\d+)\.m4s$/gm)].map(([, number]) => Number(number));
  const segment = `${url}/live/low/${Math.max(...numbers) + EARLY_SEGMENTS}.m4s`;
  const { status } = await fetch(segment);
  await new Promise((resolve) => setTimeout(resolve, LATER_MS));
  const later = await fetch(segment);
  return `${status}, then ${later.status}`;
}
