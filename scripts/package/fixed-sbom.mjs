/** Takes what differs each time out of npm's CycloneDX list: a random serial number, and the time. */
import { text } from 'node:stream/consumers';

const bom = JSON.parse(await text(process.stdin));
delete bom.serialNumber;
bom.metadata.timestamp = new Date(Number(process.env.SOURCE_DATE_EPOCH) * 1_000).toISOString();
process.stdout.write(`${JSON.stringify(bom, null, 2)}\n`);
