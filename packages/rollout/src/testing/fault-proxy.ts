import { connect, createServer, type Server, type Socket } from 'node:net';

/** One client's connection through the proxy. */
interface Link {
  readonly client: Socket;
  readonly target: Socket;
}

/**
 * A TCP proxy that does what networks do: it cuts, refuses, delays, stalls, swallows and truncates. What arrives is a prefix
 * of what was sent, in order, as TCP has it; what only breaks checksums does not happen here.
 */
export class FaultProxy {
  readonly address: string;
  readonly #server: Server;
  readonly #links = new Set<Link>();
  readonly #timers = new Set<NodeJS.Timeout>();
  #latency = 0;
  #refusing = false;
  #stalled = false;
  #swallowing = false;
  #truncating = false;

  private constructor(server: Server, port: number) {
    this.#server = server;
    this.address = `tcp://127.0.0.1:${port}`;
  }

  /** @param target - `tcp://HOST:PORT`; it may go and come back. */
  static async listen(target: string): Promise<FaultProxy> {
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as { port: number };
    const proxy = new FaultProxy(server, port);
    const { hostname, port: targetPort } = new URL(target.replace(/^tcp/, 'http'));
    server.on('connection', (client) => proxy.#accept(client, hostname, Number(targetPort)));
    return proxy;
  }

  /** Connections there are now. */
  get connections(): number {
    return this.#links.size;
  }

  /** Cuts all connections. */
  cut(): void {
    for (const link of this.#links) end(link);
  }

  /** Cuts all connections and lets nobody in for a while. */
  async refuse(milliseconds: number): Promise<void> {
    this.#refusing = true;
    this.cut();
    await this.#wait(milliseconds);
    this.#refusing = false;
  }

  /** Passes nothing on for a while; what was sent meanwhile comes later. */
  async stall(milliseconds: number): Promise<void> {
    this.#setStalled(true);
    await this.#wait(milliseconds);
    this.#setStalled(false);
  }

  /** Passes everything on later by so much, for a while. */
  async delay(latency: number, milliseconds: number): Promise<void> {
    this.#latency = latency;
    await this.#wait(milliseconds);
    this.#latency = 0;
  }

  /** Swallows everything for a while, as a partition does; the connections end after it. */
  async swallow(milliseconds: number): Promise<void> {
    this.#swallowing = true;
    await this.#wait(milliseconds);
    this.#swallowing = false;
    this.cut();
  }

  /** Cuts the next connection that carries something, in the middle of it. */
  truncate(): void {
    this.#truncating = true;
  }

  async close(): Promise<void> {
    for (const timer of this.#timers) clearTimeout(timer);
    this.cut();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  #accept(client: Socket, host: string, port: number): void {
    client.on('error', () => {});
    if (this.#refusing) {
      client.destroy();
      return;
    }
    const target = connect(port, host);
    target.on('error', () => {});
    for (const socket of [client, target]) socket.setNoDelay(true);
    const link = { client, target };
    this.#links.add(link);
    const over = () => {
      this.#links.delete(link);
      end(link);
    };
    client.on('close', over);
    target.on('close', over);
    this.#pass(link, client, target);
    this.#pass(link, target, client);
    if (this.#stalled) pause(link, true);
  }

  #pass(link: Link, from: Socket, to: Socket): void {
    from.on('data', (bytes) => {
      if (this.#swallowing) return;
      if (this.#truncating) {
        this.#truncating = false;
        to.write(bytes.subarray(0, bytes.length >> 1), () => end(link));
        return;
      }
      if (this.#latency > 0) this.#later(this.#latency, () => to.write(bytes));
      else to.write(bytes);
    });
  }

  #setStalled(stalled: boolean): void {
    this.#stalled = stalled;
    for (const link of this.#links) pause(link, stalled);
  }

  #wait(milliseconds: number): Promise<void> {
    return new Promise((resolve) => this.#later(milliseconds, resolve));
  }

  #later(milliseconds: number, act: () => void): void {
    const timer = setTimeout(() => {
      this.#timers.delete(timer);
      act();
    }, milliseconds);
    this.#timers.add(timer);
  }
}

function pause({ client, target }: Link, paused: boolean): void {
  for (const socket of [client, target]) {
    if (paused) socket.pause();
    else socket.resume();
  }
}

function end({ client, target }: Link): void {
  client.destroy();
  target.destroy();
}
