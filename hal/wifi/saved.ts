/** Wi-Fi networks that NetworkManager has saved. */
import { ssidOf } from './access-points.ts';
import { type NmObjects, type Properties, ROOT, textsOf } from './nm-objects.ts';

export interface SavedNetwork {
  readonly path: string;
  readonly ssid: string | undefined;
  /** It is joined by itself when it is in reach. */
  readonly isAutomatic: boolean;
}

/** Without hotspots, which are no way into a network. */
export async function savedNetworks(nm: NmObjects): Promise<readonly SavedNetwork[]> {
  const [paths] = await nm.call(`${ROOT}/Settings`, '.Settings', 'ListConnections');
  const found = textsOf(paths).map(async (path) => {
    const [all] = await nm.call(path, '.Settings.Connection', 'GetSettings').catch(() => {
      nm.signal.throwIfAborted();
      return [];
    });
    const { connection, '802-11-wireless': wifi } = (all ?? {}) as Record<string, Properties>;
    if (wifi === undefined || wifi['mode'] === 'ap') return [];
    return [
      { path, ssid: ssidOf(wifi['ssid']), isAutomatic: connection?.['autoconnect'] !== false },
    ];
  });
  return (await Promise.all(found)).flat();
}

/** Also where the box is about to end: a wrong password would be tried for ever. */
export async function forget(nm: NmObjects, path: string): Promise<void> {
  const untilAnswer = new AbortController().signal;
  await nm.call(path, '.Settings.Connection', 'Delete', '', [], untilAnswer).catch(() => undefined);
}

/** One of the box's own, whether it is up or not. */
export async function ownProfile(nm: NmObjects, uuid: string): Promise<string | undefined> {
  const [path] = await nm
    .call(`${ROOT}/Settings`, '.Settings', 'GetConnectionByUuid', 's', [uuid])
    .catch(() => {
      nm.signal.throwIfAborted();
      return [];
    });
  return path === undefined ? undefined : String(path);
}

/** What is left of it from before: NetworkManager takes no second one of its UUID. */
export async function forgetOwn(nm: NmObjects, uuid: string): Promise<void> {
  const path = await ownProfile(nm, uuid);
  if (path !== undefined) await forget(nm, path);
}
