/** STUN and TURN servers of the config, for whatever uses WebRTC. Pure. */
import type { NetworkSettings } from '../../../pipelines/webrtc/network.ts';
import type { Config } from '../../config/config.ts';

/** The same for guests and for a phone as the camera. */
export function iceOf({
  viewers,
}: Pick<Config, 'viewers'>): Pick<NetworkSettings, 'iceServers' | 'turn'> {
  const { ice_servers, turn_username, turn_password_file } = viewers.whep;
  const turn = { username: turn_username, passwordFile: turn_password_file };
  return { iceServers: ice_servers, ...(turn_username === '' ? {} : { turn }) };
}
