/** STUN and TURN servers of the config, for whatever uses WebRTC. Pure. */
import type { IceServers } from '../../../pipelines/webrtc/ice-servers.ts';
import type { Config } from '../../config/config.ts';

/** The same for guests and for a phone as the camera. */
export function iceOf({ viewers }: Pick<Config, 'viewers'>): IceServers {
  const { ice_servers, turn_username, turn_password_file } = viewers.whep;
  const turn = { username: turn_username, passwordFile: turn_password_file };
  return { iceServers: ice_servers, ...(turn_password_file === '' ? {} : { turn }) };
}
