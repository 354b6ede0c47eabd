/** Logs each command and its outcome. */
import type { Log } from '../../hal/os/log.ts';
import type { Commander } from '../model/commands.ts';

export function logCommands(commander: Commander, log: Log): Commander {
  return {
    run: async (command, onProgress, signal) => {
      const { verb, by, isDryRun } = command;
      const asked = { verb, by, ...(isDryRun ? { isDryRun } : {}) };
      log.info('command received', asked);
      const outcome = await commander.run(command, onProgress, signal);
      const { status, detail } = outcome;
      if (status === 'done') log.info('command done', { ...asked, detail });
      else log.warn('command failed', { ...asked, code: outcome.code, detail });
      return outcome;
    },
  };
}
