/** Where the control socket lies, for the box and its clients. */
import { join } from 'node:path';

export interface Environment {
  readonly RUNTIME_DIRECTORY?: string | undefined;
  readonly XDG_RUNTIME_DIR?: string | undefined;
}

const NAME = 'control.sock';
/** What `RuntimeDirectory=venuebox` of the unit makes. */
const SYSTEM = '/run/venuebox';

/** The default path: systemd's folder, the session's, or one in /tmp. */
export function defaultSocket(env: Environment, uid: number): string {
  // systemd gives several folders with colons between; the first is ours.
  const [given] = (env.RUNTIME_DIRECTORY ?? '').split(':');
  if (given !== undefined && given !== '') return join(given, NAME);
  return env.XDG_RUNTIME_DIR === undefined || env.XDG_RUNTIME_DIR === ''
    ? join(`/tmp/venuebox-${uid}`, NAME)
    : join(env.XDG_RUNTIME_DIR, 'venuebox', NAME);
}

/** Where to look for a box, the installed one first. */
export function socketCandidates(env: Environment, uid: number): readonly string[] {
  const own = defaultSocket({ ...env, RUNTIME_DIRECTORY: undefined }, uid);
  const temporary = defaultSocket({}, uid);
  return [...new Set([join(SYSTEM, NAME), own, temporary])];
}
