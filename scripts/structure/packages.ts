/** The table of packages: where each may be imported. `npm run lint` holds the code to it. */

/**
 * The one place, or the few, where each package is imported; what is not listed is
 * imported nowhere. `node:child_process` is one of them.
 */
export const PACKAGES: Readonly<Record<string, readonly string[]>> = {
  'node:child_process': [],
  '@particle/dbus-next': ['hal/os/dbus.ts'],
  '@point-of-sale/receipt-printer-encoder': ['hal/printer/document.ts'],
  aedes: ['daemon/mqtt/client/own-broker.ts'],
  epoll: ['hal/gpio/chardev.ts'],
  execa: ['hal/os/process.ts'],
  'gstreamer-superficial': ['pipelines/gst/gst.ts'],
  'hls.js': ['pipelines/player/'],
  'i2c-bus': ['hal/battery/i2c.ts'],
  koffi: ['hal/os/libc/', 'hal/os/udp/libc.ts', 'hal/system/timex.ts'],
  mqtt: ['daemon/mqtt/client/client.ts'],
  'node-datachannel': [
    'pipelines/webrtc/connection.ts',
    'pipelines/whep/peer.ts',
    'pipelines/whip/peer.ts',
  ],
  onoff: ['hal/gpio/sysfs.ts'],
  'pdf-lib': ['daemon/printing/'],
  pino: ['hal/os/log.ts'],
  'prom-client': ['daemon/metrics/'],
  '@noble/curves': ['daemon/printing/page/'],
  '@noble/hashes': ['daemon/printing/page/'],
  jsqr: ['daemon/printing/page/', 'hal/printer/verify.ts', 'pipelines/scan/read-code.ts'],
  qr: [
    'hal/printer/',
    'daemon/web/page/ui/',
    'daemon/printing/',
    'pipelines/player/',
    'daemon/cli/',
    'pipelines/overlay/code-sprite.ts',
  ],
  serialport: ['hal/os/serial.ts'],
  sharp: [
    'hal/text/',
    'hal/printer/paper/png.ts',
    'daemon/web/crew/branding-',
    'pipelines/clips/',
    'pipelines/variants/',
    'pipelines/probe/',
    'pipelines/source/slates.ts',
    'pipelines/overlay/text-sprite.ts',
    'pipelines/scan/read-code.ts',
  ],
  systeminformation: ['hal/system/linux.ts'],
  uplot: ['daemon/report/page/'],
  'unix-dgram': ['hal/os/systemd/notify.ts'],
  valibot: ['daemon/', 'hal/', 'pipelines/'],
  yaml: ['daemon/config/'],
};
