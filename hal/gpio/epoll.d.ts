/** The part of epoll 4 that is used; the package brings no types and is CommonJS. */
declare module 'epoll' {
  class Epoll {
    static readonly EPOLLIN: number;
    constructor(callback: (error: Error | null, fd: number, events: number) => void);
    add(fd: number, events: number): this;
    remove(fd: number): this;
    close(): void;
  }
  const module: { readonly Epoll: typeof Epoll };
  export default module;
}
