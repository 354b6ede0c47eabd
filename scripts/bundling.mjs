/**
 * How programs are bundled with their packages: in one file each, and one for each part that
 * is loaded only when it is needed. The daemon's thirteen hundred files take a second of a fast machine to open and parse, and many of an SD
 * card; one that died has to be back within what a phone has buffered.
 */
const NATIVE = [
  '@serialport/bindings-cpp',
  'epoll',
  'gstreamer-superficial',
  'i2c-bus',
  'koffi',
  'node-datachannel',
  'onoff',
  'sharp',
  'unix-dgram',
];
/** Named by packages that do without them. */
const OPTIONAL = ['bufferutil', 'utf-8-validate', 'x11'];

/** What packages of CommonJS find in Node and not in a module. */
const BANNER = `import { createRequire as createRequireOfBundle } from 'node:module';
const require = createRequireOfBundle(import.meta.url);
const [__filename, __dirname] = [import.meta.filename, import.meta.dirname];`;

/** Options of esbuild. */
export const BUNDLING = {
  bundle: true,
  external: [...NATIVE, ...OPTIONAL],
  platform: 'node',
  format: 'esm',
  target: 'node20',
  banner: { js: BANNER },
  // Packages are found beside the checkout, wherever its node_modules is linked from.
  preserveSymlinks: true,
  logLevel: 'warning',
};
