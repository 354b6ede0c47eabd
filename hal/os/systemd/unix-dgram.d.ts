/** The part of unix-dgram 2 that is used; the package brings no types and is CommonJS. */
declare module 'unix-dgram' {
  interface DatagramSocket {
    on(event: 'error', listener: (error: Error) => void): this;
    send(
      bytes: Buffer,
      offset: number,
      length: number,
      path: string,
      callback: (error?: Error) => void,
    ): void;
    close(): void;
  }
  const module: { createSocket(type: 'unix_dgram'): DatagramSocket };
  export default module;
}
