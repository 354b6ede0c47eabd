/**
 * A process that is killed: records events with MQTT running, and prints which are saved. Arguments: port, state folder, first number, how many.
 */
import { systemClock } from '../../../../hal/os/clock.ts';
import { startMqtt } from './mqtt.ts';

const [port = 0, first = 1, count = 0] = [2, 4, 5].map((i) => Number(process.argv[i]));
const status = await startMqtt(port, { stateDir: process.argv[3] ?? '' });
for (let n = first; n < first + count; n += 1) {
  await status.events.record({
    type: 'test.counted',
    severity: 'info',
    atMs: systemClock.wallMs(),
    data: { n },
  });
  process.stdout.write(`${n}\n`);
  await systemClock.sleep(2);
}
await systemClock.sleep(3_600_000);
