/** Where the control socket lies, for the box and its clients. */
import { join } from 'node:path';

export interface Environment {
  /** The socket itself, as `--socket` names it. */
  readonly VENUEBOX_SOCKET?: string | undefined;
  /** Of a second box on one machine, which has a folder of its own. */
  readonly STATE_DIRECTORY?: string | undefined;
  readonly RUNTIME_DIRECTORY?: string | undefined;
  readonly XDG_RUNTIME_DIR?: string | undefined;
}

const NAME = 'control.sock';
/** What `RuntimeDirectory=venuebox` of the unit makes. */
const SYSTEM = '/run/venuebox';

/** The default path: the one named, in systemd's folder, the box's, the session's, or in /tmp. */
export function defaultSocket(env: Environment, uid: number): string {
  if (env.VENUEBOX_SOCKET) return env.VENUEBOX_SOCKET;
  // systemd gives several folders with colons between; the first is ours.
  const [given] = (env.RUNTIME_DIRECTORY ?? '').split(':');
  if (given !== undefined && given !== '') return join(given, NAME);
  const [state] = (env.STATE_DIRECTORY ?? '').split(':');
  if (state !== undefined && state !== '') return join(state, NAME);
  return env.XDG_RUNTIME_DIR === undefined || env.XDG_RUNTIME_DIR === ''
    ? join(`/tmp/venuebox-${uid}`, NAME)
    : join(env.XDG_RUNTIME_DIR, 'venuebox', NAME);
}

/** Where to look for a box: where the environment says, else the installed one first. */
export function socketCandidates(env: Environment, uid: number): readonly string[] {
  if (env.VENUEBOX_SOCKET || env.STATE_DIRECTORY) return [defaultSocket(env, uid)];
  const own = defaultSocket({ ...env, RUNTIME_DIRECTORY: undefined }, uid);
  const temporary = defaultSocket({}, uid);
  return [...new Set([join(SYSTEM, NAME), own, temporary])];
}
