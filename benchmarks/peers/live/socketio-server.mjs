/** Socket.IO with its Redis adapter: one room a person, one that everybody is in. */
import http from "node:http";

import { createAdapter } from "@socket.io/redis-adapter";
import { createClient } from "redis";
import { Server } from "socket.io";

import { verify } from "./tokens.mjs";

const { PORT, REDIS_URL, TOKEN_SECRET } = process.env;
const publishing = createClient({ url: REDIS_URL });
const subscribing = publishing.duplicate();
await Promise.all([publishing.connect(), subscribing.connect()]);

const server = http.createServer((_request, response) => response.end("ok"));
const io = new Server(server, {
  adapter: createAdapter(publishing, subscribing),
  transports: ["websocket"],
});
io.use((socket, next) => {
  try {
    const bearer = socket.handshake.headers.authorization;
    socket.data.person = verify(bearer.slice("Bearer ".length), TOKEN_SECRET).sub;
    next();
  } catch (error) {
    next(error);
  }
});
io.on("connection", (socket) => {
  socket.join(["feed", `user.${socket.data.person}`]);
  socket.emit("welcome");
});
server.listen(Number(PORT), "127.0.0.1");
