/** Whatever a page that has signed in sends, each request has an answer, and none fails in the server. */
import { request } from 'node:http';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { startFakeBox } from '../daemon/web/support/fake-box.ts';
import { Dice } from '../simulation/scenario.ts';
import { OWN_PAGE, signIn } from '../support/operator.ts';
import { seeded } from '../support/seeded.ts';
import { mutateText } from './mutate.ts';

const test = suite('any request to the operator’s page');
const SEED = Number(process.env['SEED'] ?? 19);
const RUNS = Number(process.env['RUNS'] ?? 300);

const ARTICLE =
  '{"id":"print","name":"Print","price":2500,"currency":"EUR","edition":50,"picture_file":"a.jpg"}';
const DROP = `{"do":"set","id":"friday","title":"Friday","catalogue":[${ARTICLE}],"tags":{}}`;
/** What the page sends: a method, a path and a body. */
const REQUESTS: readonly (readonly [string, string, string?])[] = [
  ['POST', '/command', '{"verb":"mark","args":{"label":"encore"},"isDryRun":false}'],
  ['POST', '/command', `{"verb":"drops","args":${DROP},"isDryRun":true}`],
  ['POST', '/panel', '{"do":"switch","name":"camera","isOn":false}'],
  [
    ...(['POST', '/settings'] as const),
    `{"tag":"TAG","isTry":true,"changes":{"drop.title":"Friday","drop.catalogue":[${ARTICLE}]}}`,
  ],
  ['POST', '/settings', '{"tag":"TAG","isTry":false,"isLater":false,"version":1}'],
  ['POST', '/tests/preview', '{"isOn":true}'],
  ['POST', '/update', '{"version":"1.2.3","isDryRun":true}'],
  ['POST', '/prints/abc', '{"do":"printed"}'],
  ['POST', '/prints/abc', '{"do":"again","pin":"000000"}'],
  ['POST', '/session', '{"pin":"000000"}'],
  ['DELETE', '/session'],
  ['POST', '/setup/answers', '{"step":"wifi","how":"done"}'],
  ['POST', '/setup/network', '{"ssid":"Cafe","password":"espresso1"}'],
  ['POST', '/setup/preview', '{"isOn":true}'],
  ['POST', '/setup/session', '{}'],
  ['PUT', '/look/colors', '{"background":"#101820","text":"#ffffff","accent":"#ffd166"}'],
  ['PUT', '/look/logo', '<svg xmlns="http://www.w3.org/2000/svg" width="8" height="8"/>'],
  ['POST', '/look/title/undo'],
  ['DELETE', '/sessions/abc'],
  ['DELETE', '/library/clips/abc'],
  ['GET', '/library/recordings/card/venuebox-20260501T200000.000Z.mp4'],
  ...['/log?q=a%20b', '/reports/a/b', '/reports/a.csv', '/slips/abc.png', '/events'].map(
    (path) => ['GET', path] as const,
  ),
  ['GET', '/fleet/abcdefghijklmnopqrstuv.jpg'],
  ['POST', '/whip', 'v=0\r\n'],
];
const METHODS = ['POST', 'PUT', 'DELETE', 'GET', 'OPTIONS', 'PATCH'];

/** One of them, in most cases with one part damaged. */
function drawRequest(dice: Dice) {
  const [method, path, body = ''] = dice.pick(REQUESTS);
  switch (dice.isTrue(0.7) ? dice.pick(['method', 'path', 'body']) : 'none') {
    case 'method':
      return { method: dice.pick(METHODS), path, body, isWhole: false };
    case 'path':
      return { method, path: mutateText([path], dice), body, isWhole: false };
    case 'body':
      return { method, path, body: mutateText([body], dice), isWhole: false };
    default:
      return { method, path, body, isWhole: true };
  }
}

function send(url: string, method: string, path: string, body: string, cookie: string) {
  return new Promise<number>((resolve, reject) => {
    const headers = { ...OWN_PAGE, cookie, 'content-length': Buffer.byteLength(body) };
    const sent = request(`${url}/`, { method, path, headers }, (response) => {
      resolve(response.statusCode ?? 0);
      // Events have no end.
      response.destroy();
    });
    sent.on('error', reject);
    sent.end(body);
  });
}

test(`seed ${SEED}: an answer, and no failure of the server`, async () => {
  await using box = await startFakeBox();
  const dice = new Dice(seeded(SEED));
  let cookie = await signIn(box.url);
  const asked = async (path: string) => fetch(`${box.url}${path}`, { headers: { cookie } });
  const readTag = async () => ((await (await asked('/settings')).json()) as { tag: string }).tag;
  let tag = await readTag();
  for (let run = 0; run < RUNS; run += 1) {
    const { method, path, body, isWhole } = drawRequest(dice);
    const target =
      `/${path.replace(/[^\x21-\x7e]/g, (one) => encodeURIComponent(one.charCodeAt(0).toString()))}`
        .replace(/^\/+/, '/')
        .slice(0, 2_000);
    const status = await send(box.url, method, target, body.replace('TAG', tag), cookie);
    const what = `run ${run}: ${status} for ${method} ${target} ${body}`;
    assert.ok(status < 500 || status === 503, what);
    // Else it would be turned away by the first check, and nothing behind that be tried.
    if (isWhole) assert.not.ok([400, 401, 405].includes(status) && path !== '/session', what);
    // It may have signed itself out, or lost its connection to wrong PINs.
    if ((await asked('/state.json')).status === 401) {
      box.skip(3_600_000);
      cookie = await signIn(box.url);
    }
    if (path === '/settings') tag = await readTag();
  }
  assert.is((await asked('/state.json')).status, 200);
});

test.run();
