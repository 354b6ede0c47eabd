/** The first set-up of a new box on a phone, by its portal alone: scripts/image/phone.sh. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Page } from 'playwright-core';
import { openChromium, waitInPage } from '../../test/support/chromium.ts';
import { openGuest } from './lab-guest.ts';
import { joinWifi, openRadios } from './wifi-air.ts';

const PHONE = { width: 390, height: 780 };
/** A box in the lab computes on a fraction of a core. */
const LONG_MS = 300_000;
const PIN = '135790';
const VENUE = 'Market Hall';

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

async function setUp(page: Page): Promise<string> {
  const step = (name: string) => waitInPage(page, has(`#setup[data-step="${name}"]`), LONG_MS);
  const next = () => page.click('#setup button[type="submit"]');
  await step('language');
  await shot(page, 'language');
  await page.click('#setup [data-language="en"]');
  await step('name');
  await page.fill('#setup-name', 'Café Zentral');
  await shot(page, 'name');
  await next();
  await step('pin');
  await page.fill('#setup-pin', PIN);
  await shot(page, 'pin');
  await next();
  await step('network');
  await waitInPage(page, has(`#setup input[value="${VENUE}"]`), LONG_MS);
  await page.click(`#setup input[value="${VENUE}"]`);
  await shot(page, 'network');
  await next();
  await step('camera');
  await waitInPage(page, has('#setup input[name="camera"]'), LONG_MS);
  // The lab's kernel with Wi-Fi has no camera.
  await sleep(20_000);
  await shot(page, 'camera');
  await next();
  await step('sound');
  await waitInPage(page, has('#setup input[name="sound"]'), LONG_MS);
  await sleep(5_000);
  await shot(page, 'sound');
  await next();
  await step('destination');
  await shot(page, 'destination');
  await next();
  await step('title');
  await shot(page, 'title');
  await page.click('#setup .answers button:nth-child(2)');
  await step('done');
  await shot(page, 'done');
  return String(await page.evaluate('document.querySelector("#setup a.url").href'));
}

async function play(page: Page, host: string): Promise<void> {
  await page.goto(`http://${host}:8081/`, { waitUntil: 'commit', timeout: LONG_MS });
  await waitInPage(page, has('#pin'), LONG_MS);
  await shot(page, 'sign-in');
  await page.fill('#pin', PIN);
  await page.keyboard.press('Enter');
  await waitInPage(page, has('[data-verb="arm"]'), LONG_MS);
  await sleep(5_000);
  await shot(page, 'operator');
}

await guest('true');
seen('shell_s', await guest("cut -d' ' -f1 /proc/uptime"));
await openRadios(guest);
const idle = 'systemctl show venuebox --property StatusText --value | grep "^idle"';
seen('status', await untilGuest('idle', idle));
seen('idle_s', await guest("cut -d' ' -f1 /proc/uptime"));
await untilGuest('the hotspot', 'nmcli -t -f NAME connection show --active | grep hotspot');
seen('hotspot_s', await guest("cut -d' ' -f1 /proc/uptime"));
const label = 'nmcli -g 802-11-wireless.ssid connection show "venuebox hotspot"';
const ssid = await guest(label);
const password = await guest('cat /var/lib/venuebox/hotspot-password');
seen('phone', await joinWifi(guest, ssid, password));
await using browser = await openChromium(PHONE);
// What a phone asks by itself, and then opens.
const page = await browser.open('http://captive.apple.com/hotspot-detect.html');
const url = await setUp(page);
seen('hand_over', url);
seen(
  'joined',
  await untilGuest(
    'the venue’s Wi-Fi',
    `nmcli -t -f NAME connection show --active | grep "${VENUE}"`,
  ),
);
seen('phone', await joinWifi(guest, VENUE, ''));
const address = "ip -4 -o addr show wlan0 | sed 's/.*inet \\([0-9.]*\\).*/\\1/' | grep 192.168";
const host = await untilGuest('its address', address);
seen('host', host);
await play(page, host);
writeFileSync(join(folder, 'journal'), await guest('journalctl -b --no-pager'));
seen('phone', 'done');
