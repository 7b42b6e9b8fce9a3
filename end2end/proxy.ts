// A proxy between browsers and the server, such as offices have: it can refuse sockets, and let them through again.

import { createServer, request, type Server as HttpServer } from "node:http";
import { once } from "node:events";
import { type AddressInfo, connect, type Socket } from "node:net";

export class Proxy {
  /** Where it is. */
  url = "";
  letsSocketsThrough = false;
  /** How many sockets were refused. */
  refused = 0;
  #server: HttpServer;
  #tunnels = new Set<Socket>();

  private constructor(target: URL) {
    this.#server = createServer((incoming, outgoing) => {
      const { method, url: path, headers } = incoming;
      const onward = request({ host: target.hostname, port: target.port, method, path, headers }, (answer) => {
        outgoing.writeHead(answer.statusCode!, answer.headers);
        answer.pipe(outgoing);
      });
      onward.on("error", () => outgoing.destroy());
      outgoing.on("close", () => onward.destroy());
      incoming.pipe(onward);
    });
    this.#server.on("upgrade", (incoming, socket: Socket, head) => {
      // From here on nobody else looks after it, also where it is refused: a page that goes may break it off.
      this.#keep(socket);
      if (!this.letsSocketsThrough) {
        this.refused += 1;
        socket.end("HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\nConnection: close\r\n\r\n");
        return;
      }
      const onward = connect(Number(target.port), target.hostname, () => {
        const headers = incoming.rawHeaders.map((text, at) => (at % 2 ? `${text}\r\n` : `${text}: `)).join("");
        onward.write(`${incoming.method} ${incoming.url} HTTP/1.1\r\n${headers}\r\n`);
        onward.write(head);
        socket.pipe(onward).pipe(socket);
      });
      this.#keep(onward);
      for (const end of [socket, onward]) end.on("close", () => (socket.destroy(), onward.destroy()));
    });
  }

  #keep(end: Socket): void {
    this.#tunnels.add(end);
    end.on("error", () => end.destroy());
    end.on("close", () => this.#tunnels.delete(end));
  }

  static async before(url: string): Promise<Proxy> {
    const proxy = new Proxy(new URL(url));
    proxy.#server.listen(0, "127.0.0.1");
    await once(proxy.#server, "listening");
    proxy.url = `http://127.0.0.1:${(proxy.#server.address() as AddressInfo).port}`;
    return proxy;
  }

  async close(): Promise<void> {
    for (const end of this.#tunnels) end.destroy();
    this.#server.closeAllConnections();
    this.#server.close();
    await once(this.#server, "close");
  }
}
