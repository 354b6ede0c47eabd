/** What a box sends upstream to: a relay, and an SRT listener that saves what arrives. */
import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { type Program, startProgram, startVenuebox } from '../../test/support/program.ts';

export interface FarEnd extends AsyncDisposable {
  /** Of the relay. */
  readonly port: number;
  relayPid(): number;
  /** Another relay in the place of the one that was killed. */
  restartRelay(): void;
  /** What the SRT listener has saved. */
  receivedBytes(): Promise<number>;
  readonly file: string;
}

export async function openFarEnd(folder: string, port: number, srtPort: number): Promise<FarEnd> {
  const file = join(folder, 'upstream.ts');
  const listener = startProgram('gst-launch-1.0', [
    ...['-q', 'srtsrc', `uri=srt://127.0.0.1:${srtPort}?mode=listener`, 'keep-listening=true'],
    ...['!', 'filesink', `location=${file}`],
  ]);
  const startRelay = (): Program =>
    startVenuebox('relay', '--listen', `127.0.0.1:${port}`, '--srt', `127.0.0.1:${srtPort}`);
  let relay = startRelay();
  return {
    port,
    file,
    relayPid: () => relay.child.pid ?? 0,
    restartRelay: () => {
      void relay[Symbol.asyncDispose]();
      relay = startRelay();
    },
    receivedBytes: async () => (await stat(file).catch(() => ({ size: 0 }))).size,
    [Symbol.asyncDispose]: async () => {
      relay.child.kill('SIGCONT');
      await Promise.all([relay[Symbol.asyncDispose](), listener[Symbol.asyncDispose]()]);
    },
  };
}
