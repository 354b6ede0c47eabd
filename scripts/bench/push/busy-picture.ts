/** A stream of 1.5 Mb/s. */

/** Noise, so that the encoder needs what it may use: 1.5 Mb/s with the sound. */
export const BUSY_PICTURE = [
  'camera.driver=custom',
  'camera.launch=videotestsrc is-live=true pattern=snow ! video/x-raw,width=640,height=360,framerate=30/1',
  'camera.width=640',
  'camera.height=360',
  'renditions=[{name: one, width: 640, height: 360, bitrate_bps: 1400000}]',
];
