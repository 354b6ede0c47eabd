/** A parent that starts the worker program, prints its process id once it runs, and stays. */
import { fork } from 'node:child_process';
import { entryPoint } from '../../../../hal/os/process.ts';

const child = fork(entryPoint(import.meta.url, './worker-program'), [], {
  execArgv: process.execArgv,
  // In a group of its own, as a worker has.
  detached: true,
  stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
});
child.on('message', (message: { readonly type: string }) => {
  if (message.type === 'message') console.log(child.pid);
});
child.send({ type: 'start', settings: { name: 'it', atEnd: 'send' } });
