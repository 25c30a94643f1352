// A client that costs little, so that the figures are the relay's.

import { Agent, request } from "node:http";

export class LoadClient {
  readonly #agent: Agent;
  readonly #url: URL;

  constructor(url: string, connections: number) {
    this.#url = new URL(url);
    this.#agent = new Agent({ keepAlive: true, maxSockets: connections });
  }

  post(path: string, token: string, body: Buffer | object): Promise<unknown> {
    const isBytes = Buffer.isBuffer(body);
    const bytes = isBytes ? body : Buffer.from(JSON.stringify(body));
    return new Promise((resolve, reject) => {
      const sent = request(
        {
          agent: this.#agent,
          host: this.#url.hostname,
          port: this.#url.port,
          path,
          method: "POST",
          headers: {
            authorization: `Bearer ${token}`,
            "content-type": isBytes ? "application/octet-stream" : "application/json",
            "content-length": bytes.length,
          },
        },
        (response) => {
          const pieces: Buffer[] = [];
          response.on("data", (piece: Buffer) => pieces.push(piece));
          response.on("error", reject);
          response.on("end", () => {
            const text = Buffer.concat(pieces).toString();
            if ((response.statusCode ?? 0) >= 300) reject(new Error(text));
            else resolve(JSON.parse(text));
          });
        },
      );
      sent.on("error", reject);
      sent.end(bytes);
    });
  }

  close(): void {
    this.#agent.destroy();
  }
}
