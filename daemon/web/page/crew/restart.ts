/** Restarts the box, once a person is sure. */
import { confirmBy } from '../ui/dialog.ts';
import { askJson } from '../ui/request.ts';
import { SAYS } from './words.ts';

/** False where it was not confirmed. */
export async function confirmRestart(): Promise<boolean> {
  if (!(await confirmBy(SAYS.restartTitle, SAYS.restartDetail, SAYS.restart))) return false;
  await askJson('POST', '/restart');
  return true;
}
