/**
 * Keys and releases for `venuebox update`.
 *
 *     node --import tsx scripts/release/main.ts key FILE
 *         makes a private key and prints the public one, for update.key of each box
 *     node --import tsx scripts/release/main.ts public FILE
 *         prints the public one again
 *     node --import tsx scripts/release/main.ts pack FOLDER KEY OUT
 *         signs a program as scripts/package.sh lays it down; SOURCE_DATE_EPOCH is its time
 */
import { messageOf } from '../../hal/os/log.ts';
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
  } else {
    console.error(
      'one of: key FILE, public FILE, pack FOLDER KEY OUT; see scripts/release/main.ts',
    );
    process.exitCode = 2;
  }
} catch (error) {
  console.error(`release: ${messageOf(error)}`);
  process.exitCode = 1;
}
