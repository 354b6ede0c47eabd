/** The first set-up of a new box on a phone, by its portal alone: scripts/image/phone.sh. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Page } from 'playwright-core';
import { openChromium, waitInPage } from '../../test/support/chromium.ts';
import { openGuest } from './lab-guest.ts';
import { askMdns, joinWifi, listenOn, openRadios, plugCard, reach } from './wifi-air.ts';

const PHONE = { width: 390, height: 780 };
/** A box in the lab computes on a fraction of a core. */
const LONG_MS = 300_000;
const PIN = '135790';
const VENUE = 'Market Hall';
/** Of `Café Zentral`. */
const NAME = 'cafe-zentral';

const [, , folder = ''] = process.argv;
const guest = openGuest(folder);
let count = 0;
const seen = (what: string, value: string) => console.log(`${what}=${value}`);
const has = (selector: string) => `document.querySelector('${selector}') !== null`;

async function shot(page: Page, name: string): Promise<void> {
  count += 1;
  const path = join(folder, `${String(count).padStart(2, '0')}-${name}.png`);
  await page.screenshot({ path, fullPage: true });
  const wide = await page.evaluate('document.documentElement.scrollWidth');
  if (Number(wide) > PHONE.width) seen('wide', `${name} ${wide}`);
}

async function untilGuest(what: string, script: string): Promise<string> {
  const endMs = performance.now() + LONG_MS;
  for (;;) {
    const found = await guest(script).catch((error: Error) => error);
    if (typeof found === 'string') return found;
    if (performance.now() > endMs) throw new Error(`${what}: not in time\n${found.message}`);
    await sleep(1_000);
  }
}

/** As a person does it: again where the box has not answered in time, which the page says. */
async function answer(page: Page, button: string, next: string): Promise<void> {
  const endMs = performance.now() + LONG_MS;
  const said = `${has(next)} ? 'next' : document.querySelector('#setup .reason:not(:empty):not([hidden])')?.textContent`;
  while (performance.now() < endMs) {
    await page.click(button);
    let reason: unknown;
    for (; reason === undefined && performance.now() < endMs; await sleep(200)) {
      // The page may just be written again, in another language.
      reason = (await page.evaluate(said).catch(() => undefined)) ?? undefined;
    }
    if (reason === 'next') return;
    seen('again', String(reason));
  }
  throw new Error(`${button}: ${next} did not come`);
}

const stepOf = (name: string) => `#setup[data-step="${name}"]`;
const NEXT = '#setup button[type="submit"]';
const SKIP = '#setup .answers button:nth-child(2)';

/** Nothing is typed but name and PIN. */
async function setUp(page: Page): Promise<string> {
  await waitInPage(page, has(stepOf('language')), LONG_MS);
  await shot(page, 'language');
  await answer(page, '#setup [data-language="en"]', stepOf('name'));
  await page.fill('#setup-name', 'Café Zentral');
  await shot(page, 'name');
  await answer(page, NEXT, stepOf('pin'));
  await page.fill('#setup-pin', PIN);
  await shot(page, 'pin');
  await answer(page, NEXT, stepOf('network'));
  await waitInPage(page, has(`#setup input[value="${VENUE}"]`), LONG_MS);
  await page.click(`#setup input[value="${VENUE}"]`);
  await shot(page, 'network');
  await answer(page, NEXT, stepOf('camera'));
  await waitInPage(page, has('#setup input[name="camera"]'), LONG_MS);
  // The lab's kernel with Wi-Fi has no camera.
  await sleep(20_000);
  await shot(page, 'camera');
  await answer(page, NEXT, stepOf('sound'));
  await waitInPage(page, has('#setup input[name="sound"]'), LONG_MS);
  await sleep(5_000);
  await shot(page, 'sound');
  await answer(page, NEXT, stepOf('destination'));
  await shot(page, 'destination');
  await answer(page, NEXT, stepOf('title'));
  await shot(page, 'title');
  await answer(page, SKIP, stepOf('hand-over'));
  await answer(page, NEXT, stepOf('done'));
  await shot(page, 'done');
  return String(await page.evaluate('document.querySelector("#setup a.url").href'));
}

/** What the lab's machine can encode: saved as the page of the settings does it. */
const SMALL = {
  ...{ 'camera.width': 160, 'camera.height': 90, 'camera.fps': 5, 'encoder.speed': 'ultrafast' },
  renditions: [{ name: 'low', width: 160, height: 90, bitrate_bps: 100_000 }],
};

async function save(page: Page, changes: object): Promise<void> {
  const headers = JSON.stringify({
    'X-Venuebox-Operator': '1',
    'Content-Type': 'application/json',
  });
  const outcome = await page.evaluate(`(async () => {
    const { tag } = await (await fetch('/settings')).json();
    const body = JSON.stringify({ changes: ${JSON.stringify(changes)}, tag, isTry: false });
    const response = await fetch('/settings', { method: 'POST', headers: ${headers}, body });
    return JSON.stringify(await response.json());
  })()`);
  seen('saved', String(outcome).slice(0, 300));
}

async function goLive(page: Page, url: string): Promise<void> {
  await page.goto(url, { waitUntil: 'commit', timeout: LONG_MS });
  await waitInPage(page, has('#pin'), LONG_MS);
  await shot(page, 'sign-in');
  await page.fill('#pin', PIN);
  await page.keyboard.press('Enter');
  await waitInPage(page, has('[data-verb="arm"]'), LONG_MS);
  await sleep(5_000);
  await shot(page, 'operator');
  await save(page, SMALL);
  await start(page);
  await shot(page, 'live');
}

async function start(page: Page): Promise<void> {
  await page.click('[data-verb="arm"]');
  await waitInPage(page, has('[data-verb="go-live"]'), LONG_MS).catch(async (error) => {
    await shot(page, 'not-armed');
    throw error;
  });
  await shot(page, 'armed');
  await hold(page, 'go-live', 'end');
  await sleep(5_000);
}

/** Holds the button of a command until the one that comes after it is there. */
async function hold(page: Page, verb: string, next: string): Promise<void> {
  await page.hover(`[data-verb="${verb}"]`);
  await page.mouse.down();
  await sleep(2_000);
  await page.mouse.up();
  await waitInPage(page, has(`[data-verb="${next}"]`), LONG_MS);
}

/** Until pictures of the stream are shown. */
async function play(page: Page, url: string, name: string): Promise<void> {
  await page.goto(url, { waitUntil: 'commit', timeout: LONG_MS });
  const shown =
    '(document.querySelector("video")?.getVideoPlaybackQuality().totalVideoFrames ?? 0)';
  await waitInPage(page, `${shown} > 10`, LONG_MS).catch(async (error) => {
    await shot(page, `no-${name}`);
    throw error;
  });
  await sleep(3_000);
  await shot(page, name);
  seen(`${name}_frames`, String(await page.evaluate(shown)));
}

/** The box's second card is the guests'. What they reach is compared with what the venue's network does. */
async function runGuests(page: Page, venueHost: string): Promise<void> {
  // A network of their own begins between two drops: the media process serves it.
  await hold(page, 'end', 'arm');
  await save(page, { 'network.guests.device': 'wlan4' });
  await plugCard(guest);
  await untilGuest('the guests’ network', `${ACTIVE} | grep guests`);
  await start(page);
  await listenOn(guest, [22, 1883, 9090]);
  await listenOn(guest, [9000], 5);
  await listenOn(guest, [9001], 1);
  seen('guest', await joinWifi(guest, NAME, ''));
  const other = await joinWifi(guest, NAME, '', 5);
  seen('guest', other);
  const ports = [80, 8080, 8081, 22, 1883, 9090];
  const [, otherHost = ''] = /^ip=(\S+)/.exec(other) ?? [];
  const targets = [
    ...ports.map((port) => `10.42.0.1:${port}`),
    ...ports.map((port) => `${venueHost}:${port}`),
    ...[`${otherHost}:9000`, '192.168.1.1:9001'],
  ];
  seen('venue_reaches', (await reach(guest, 1, targets)).join(' '));
  seen('guests_reach', (await reach(guest, 3, targets)).join(' '));
  seen('box_reaches', (await reach(guest, undefined, [`${otherHost}:9000`])).join(' '));
  await play(page, 'http://connectivitycheck.gstatic.com/generate_204', 'guests-player');
}

/** From a new box to the venue's Wi-Fi. Resolves with the address that the page hands over. */
async function runPortal(): Promise<string> {
  const idle = 'systemctl show venuebox --property StatusText --value | grep "^idle"';
  seen('status', await untilGuest('idle', idle));
  seen('idle_s', await guest(UPTIME));
  await untilGuest('the hotspot', `${ACTIVE} | grep hotspot`);
  seen('hotspot_s', await guest(UPTIME));
  const ssid = await guest('nmcli -g 802-11-wireless.ssid connection show "venuebox hotspot"');
  const password = await guest('cat /var/lib/venuebox/hotspot-password');
  seen('phone', await joinWifi(guest, ssid, password));
  await using browser = await openChromium(PHONE);
  // What a phone asks by itself, and then opens.
  const page = await browser.open('http://captive.apple.com/hotspot-detect.html');
  const url = await setUp(page);
  seen('hand_over', url);
  seen('joined', await untilGuest('the venue’s Wi-Fi', `${ACTIVE} | grep "${VENUE}"`));
  return url;
}

async function runEvening(url: string): Promise<void> {
  seen('phone', await joinWifi(guest, VENUE, ''));
  const own = new URL(url).hostname;
  const host = await askMdns(guest, own);
  seen('host', host);
  // A phone asks by multicast DNS itself.
  const rule = `--host-resolver-rules=${[own, `${NAME}.local`].map((name) => `MAP ${name} ${host}`).join()}`;
  await using browser = await openChromium(PHONE, undefined, [rule]);
  const page = await browser.open('about:blank');
  await goLive(page, url);
  const guests = await browser.open('about:blank');
  await play(guests, `http://${NAME}.local:8080/`, 'player');
  await guests.close();
  await runGuests(page, host);
}

const UPTIME = "cut -d' ' -f1 /proc/uptime";
const ACTIVE = 'nmcli -t -f NAME connection show --active';

await guest('true');
seen('shell_s', await guest(UPTIME));
await openRadios(guest);
try {
  await runEvening(await runPortal());
  seen('phone', 'done');
} finally {
  writeFileSync(join(folder, 'journal'), await guest('journalctl -b --no-pager'));
}
