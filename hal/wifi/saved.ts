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
