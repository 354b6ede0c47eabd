/**
 * Keys and releases for `venuebox update`.
 *
 *     node --import tsx scripts/release/main.ts key FILE
 *         makes a private key and prints the public one, for update.key of each box
 *     node --import tsx scripts/release/main.ts public FILE
 *         prints the public one again
 *     node --import tsx scripts/release/main.ts pack FOLDER KEY OUT
 *         signs a program as scripts/package.sh lays it down; SOURCE_DATE_EPOCH is its time
 *     node --import tsx scripts/release/main.ts fleet BROKER VERSION BOX[,BOX…]…
 *         has boxes install it by MQTT, those of one argument at the same time, and stops at the
 *         first argument with a box that does not keep it. BROKER: mqtt://HOST or mqtts://HOST;
 *         MQTT_USERNAME, and files: MQTT_PASSWORD_FILE, MQTT_CA_FILE, MQTT_CERT_FILE, MQTT_KEY_FILE
 */
import { readFileSync } from 'node:fs';
import { messageOf } from '../../hal/os/log.ts';
import { rollOut } from './fleet.ts';
import { makeKey, pack, publicKeyOf } from './pack.ts';

const [action, ...args] = process.argv.slice(2);
const [first = '', keyFile = '', out = ''] = args;
try {
  if (action === 'key' && args.length === 1) console.log(`update:\n  key: ${makeKey(first)}`);
  else if (action === 'public' && args.length === 1) console.log(publicKeyOf(first));
  else if (action === 'pack' && args.length === 3) {
    const atMs = Number(process.env['SOURCE_DATE_EPOCH'] ?? Date.now() / 1000) * 1000;
    const built = new Date(atMs).toISOString();
    console.log(`${out}: version ${await pack({ program: first, keyFile, out, built })}`);
  } else if (action === 'fleet' && args.length >= 3) {
    const [broker = '', version = '', ...stages] = args;
    const isDone = await rollOut({
      ...{ broker, version, login: loginOf(process.env), print: console.log },
      stages: stages.map((names) => names.split(',')),
      limits: { answerMs: 10_000, updateMs: 30 * 60_000 },
    });
    if (!isDone) process.exitCode = 1;
  } else {
    console.error(
      'one of: key FILE, public FILE, pack FOLDER KEY OUT, fleet BROKER VERSION BOX…; see scripts/release/main.ts',
    );
    process.exitCode = 2;
  }
} catch (error) {
  console.error(`release: ${messageOf(error)}`);
  process.exitCode = 1;
}

function loginOf(env: NodeJS.ProcessEnv) {
  const file = (name: string) => {
    const path = env[name];
    return path === undefined ? undefined : readFileSync(path);
  };
  const { MQTT_USERNAME: username } = env;
  const password = file('MQTT_PASSWORD_FILE')?.toString().replace(/\n$/, '');
  const [ca, cert, key] = [file('MQTT_CA_FILE'), file('MQTT_CERT_FILE'), file('MQTT_KEY_FILE')];
  return {
    ...(username && { username }),
    ...(password && { password }),
    ...{ ...(ca && { ca }), ...(cert && { cert }), ...(key && { key }) },
  };
}
