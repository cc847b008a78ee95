/** As much of RFC 6455 as two ends of a test or a benchmark need: text, ping, close; no extensions. */
import { createHash, randomBytes } from "node:crypto";
import http from "node:http";

export const TEXT = 1;
export const CLOSE = 8;
export const PING = 9;
export const PONG = 10;

export const acceptOf = (key) =>
  createHash("sha1").update(`${key}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`).digest("base64");

/** @param {number} opcode @param {Buffer} payload @param {Buffer} [mask] 4 bytes; clients mask */
export function encode(opcode, payload, mask) {
  const size = payload.length;
  const extra = size < 126 ? 0 : size < 65536 ? 2 : 8;
  const head = Buffer.alloc(2 + extra + (mask ? 4 : 0));
  head[0] = 0x80 | opcode;
  head[1] = (mask ? 0x80 : 0) | (extra === 0 ? size : extra === 2 ? 126 : 127);
  if (extra === 2) head.writeUInt16BE(size, 2);
  if (extra === 8) head.writeBigUInt64BE(BigInt(size), 2);
  if (!mask) return Buffer.concat([head, payload]);
  mask.copy(head, head.length - 4);
  const masked = Buffer.from(payload);
  for (let i = 0; i < size; i++) masked[i] ^= mask[i & 3];
  return Buffer.concat([head, masked]);
}

/** Cuts a stream of bytes into frames: `onFrame(opcode, payload)`. */
export class FrameReader {
  #rest = Buffer.alloc(0);

  constructor(onFrame) {
    this.onFrame = onFrame;
  }

  push(bytes) {
    let data = this.#rest.length ? Buffer.concat([this.#rest, bytes]) : bytes;
    while (data.length >= 2) {
      const masked = data[1] & 0x80;
      let size = data[1] & 0x7f;
      let at = size === 126 ? 4 : size === 127 ? 10 : 2;
      if (data.length < at) break;
      if (size === 126) size = data.readUInt16BE(2);
      else if (size === 127) size = Number(data.readBigUInt64BE(2));
      const mask = masked ? data.subarray(at, at + 4) : null;
      if (masked) at += 4;
      if (data.length < at + size) break;
      const payload = data.subarray(at, at + size);
      if (mask) for (let i = 0; i < size; i++) payload[i] ^= mask[i & 3];
      this.onFrame(data[0] & 0x0f, payload);
      data = data.subarray(at + size);
    }
    this.#rest = data;
  }
}

/** The part of a browser's WebSocket that our client uses, for runtimes without one. */
export class NodeWebSocket {
  readyState = 0;
  protocol = "";
  onopen = null;
  onmessage = null;
  onclose = null;
  #tcp = null;
  #closeCode = 1006;

  constructor(url, protocols = [], { headers = {}, agent } = {}) {
    const target = url.replace(/^ws/, "http");
    const offered = [protocols].flat().join(", ");
    const key = randomBytes(16).toString("base64");
    const upgrade = { Connection: "Upgrade", Upgrade: "websocket", "Sec-WebSocket-Version": "13" };
    const all = { ...upgrade, "Sec-WebSocket-Key": key, ...headers };
    if (offered) all["Sec-WebSocket-Protocol"] = offered;
    const request = http.request(target, { headers: all, agent });
    request.on("upgrade", (response, tcp, head) => this.#opened(response, tcp, head, key));
    request.on("response", (response) => {
      response.resume();
      this.status = response.statusCode;
      this.#ended();
    });
    request.on("error", () => this.#ended());
    request.end();
    this.request = request;
  }

  send(text) {
    this.#tcp.write(encode(TEXT, Buffer.from(text), randomBytes(4)));
  }

  close(code = 1000) {
    if (this.readyState === 0) this.request.destroy();
    if (this.readyState === 1) {
      this.readyState = 2;
      const payload = Buffer.alloc(2);
      payload.writeUInt16BE(code);
      this.#tcp.end(encode(CLOSE, payload, randomBytes(4)));
    }
  }

  #opened(response, tcp, head, key) {
    if (response.headers["sec-websocket-accept"] !== acceptOf(key)) return this.#ended();
    this.#tcp = tcp;
    this.readyState = 1;
    this.protocol = response.headers["sec-websocket-protocol"] ?? "";
    const reader = new FrameReader((opcode, payload) => this.#take(opcode, payload));
    tcp.setNoDelay(true);
    tcp.on("data", (bytes) => reader.push(bytes));
    tcp.on("close", () => this.#ended());
    tcp.on("error", () => tcp.destroy());
    this.onopen?.({});
    if (head.length) reader.push(head);
  }

  #take(opcode, payload) {
    if (opcode === TEXT) this.onmessage?.({ data: payload.toString() });
    else if (opcode === PING) this.#tcp.write(encode(PONG, payload, randomBytes(4)));
    else if (opcode === CLOSE) {
      this.#closeCode = payload.length >= 2 ? payload.readUInt16BE(0) : 1005;
      this.#tcp.end(encode(CLOSE, payload, randomBytes(4)));
    }
  }

  #ended() {
    if (this.readyState === 3) return;
    this.readyState = 3;
    this.onclose?.({ code: this.#closeCode });
  }
}
