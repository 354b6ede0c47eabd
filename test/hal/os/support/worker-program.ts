/** A worker for the tests of workers: it does what its commands say. */
import { untilAborted } from '../../../../hal/os/async.ts';
import { runAsWorker } from '../../../../hal/os/worker-child.ts';

export interface ProgramSettings {
  readonly name: string;
  /** What it does when it is asked to end. */
  readonly atEnd: 'send' | 'hang' | 'fail';
}

export type ToProgram =
  | 'echo'
  | 'fail'
  | 'fail-with-code'
  | 'finish'
  | 'throw'
  | 'flood'
  | 'block'
  | 'work'
  | 'stand';
export type FromProgram = { readonly said: string };

runAsWorker<ProgramSettings, ToProgram, FromProgram>(
  async ({ name, atEnd }, { send, onCommand, follow }, signal) => {
    let [done, isStanding] = [0, false];
    send({ said: `${name} started` });
    // Commands that come meanwhile wait.
    await new Promise((resolve) => setTimeout(resolve, 50));
    await new Promise<void>((resolve, reject) => {
      onCommand((command) => {
        if (command === 'echo') send({ said: 'echo' });
        if (command === 'finish') resolve();
        if (command === 'stand') isStanding = true;
        if (command === 'work' || command === 'stand') {
          follow(() => {
            if (!isStanding) done += 1;
            return { done, of: 'pieces', isDue: true };
          });
        }
        // Its process lives, its event loop does not.
        while (command === 'block');
        if (command === 'flood') {
          for (let i = 0; i < 1_000; i += 1) send({ said: 'x'.repeat(1_000) });
          resolve();
        }
        if (command === 'fail') reject(new Error('the disk is full'));
        if (command === 'fail-with-code') {
          reject(Object.assign(new Error('port taken'), { code: 'PORT_TAKEN' }));
        }
        if (command === 'throw') setImmediate(() => process.exit(7));
      });
      void untilAborted(signal).then(() => {
        if (atEnd === 'hang') return;
        if (atEnd === 'fail') return reject(new Error('interrupted'));
        send({ said: 'drained' });
        resolve();
      });
    });
  },
  { drainMs: Number(process.env['DRAIN_MS'] ?? 60_000) },
);
