/** Whether a UDP port is free: libdatachannel reports a taken one for each peer only. */
import { createSocket } from 'node:dgram';
import { PipelineError } from '../errors/pipeline-error.ts';

/** Rejects with a PipelineError PORT_TAKEN. @param key Of the config. */
export async function checkUdpPort(
  key: string,
  { port, host }: { readonly port: number; readonly host?: string },
): Promise<void> {
  const socket = createSocket(host?.includes(':') === true ? 'udp6' : 'udp4');
  try {
    await new Promise<void>((resolve, reject) => {
      socket.once('error', reject);
      socket.bind(port, host, resolve);
    });
  } catch (cause) {
    const what = `${key} ${port}: another program has it`;
    throw new PipelineError('PORT_TAKEN', what, { cause, advice: `choose another ${key}` });
  } finally {
    socket.close();
  }
}
