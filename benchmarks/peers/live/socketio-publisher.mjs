/** Publishes from outside, as a web process would; see `publishing.py` for what it is told. */
import net from "node:net";
import readline from "node:readline";

import { Emitter } from "@socket.io/redis-emitter";
import { createClient } from "redis";

const { PORT, REDIS_URL, PAD } = process.env;
const client = createClient({ url: REDIS_URL });
await client.connect();
const emitter = new Emitter(client);
const now = () => performance.timeOrigin + performance.now();
const payload = (n) => ({ n, at: now(), pad: PAD });

net
  .createServer((socket) => {
    socket.setNoDelay(true);
    let people = [];
    const tell = (person, n) => emitter.to(`user.${person}`).emit("event", payload(n));
    const orders = {
      people: (ids) => (people = JSON.parse(ids)),
      prepare: () => {},
      feed: (n) => emitter.to("feed").emit("event", payload(Number(n))),
      users: (first, count, n) => {
        for (let i = 0; i < Number(count); i++) tell(people[Number(first) + i], Number(n) + i);
      },
      commit: (index, n) => {
        socket.write(`at ${n} ${now()}\n`);
        tell(people[Number(index)], Number(n));
      },
    };
    readline.createInterface({ input: socket }).on("line", (line) => {
      const [order, ...rest] = line.split(" ");
      orders[order](...rest);
      if (order === "people" || order === "prepare") socket.write("ready\n");
    });
    socket.on("error", () => {});
  })
  .listen(Number(PORT), "127.0.0.1");
