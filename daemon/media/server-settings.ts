/** The server for guests, from the config. Pure. */
import { GUESTS_ADDRESS, PORTAL_PORT } from '../../hal/network/plan.ts';
import type { ServerSettings } from '../../pipelines/http/server-settings.ts';
import type { Config } from '../config/config.ts';
import { givenAddress } from '../model/addresses.ts';

export function serverSettings({ viewers, operator, network }: Config): ServerSettings {
  const { tls } = viewers;
  const given = givenAddress(viewers);
  // On another port they have portals of their own.
  const isPortal = viewers.port === PORTAL_PORT;
  const hasGuests = network.guests.device !== '';
  return {
    host: viewers.host,
    port: viewers.port,
    maxConnections: viewers.max_connections,
    maxConnectionsPerAddress: viewers.max_connections_per_address,
    trustedProxies: viewers.trusted_proxies,
    hostNames: [...operator.host_names, ...(given === '' ? [] : [new URL(given).hostname])],
    ...(isPortal && (hasGuests || network.hotspot)
      ? { portal: { address: GUESTS_ADDRESS, hasGuests } }
      : {}),
    ...(tls && { tls: { port: tls.port, certFile: tls.cert_file, keyFile: tls.key_file } }),
  };
}
