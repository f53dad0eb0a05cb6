// Small real servers: some that answer as they are told, some that break as a network does, and a Management API.
"use strict";

const { createServer } = require("node:http");
const net = require("node:net");

const listening = (server) =>
  new Promise((resolve) => server.listen(0, "127.0.0.1", () => resolve(`http://127.0.0.1:${server.address().port}`)));

/** An HTTP server until the test ends. Its requests are noted, whole, before `answer(request, response)` is asked. */
async function serve(test, answer) {
  const requests = [];
  const server = createServer(async (request, response) => {
    let body = "";
    for await (const piece of request) {
      body += piece;
    }
    requests.push({ method: request.method, url: request.url, headers: request.headers, body });
    await answer(requests.at(-1), response, requests.length);
  });
  test.after(() => {
    server.closeAllConnections();
    server.close();
  });
  return { url: await listening(server), requests };
}

/** A server of bare sockets until the test ends: `meet(socket, which)` says what becomes of each, from 1. */
async function sockets(test, meet) {
  const open = new Set();
  const met = { count: 0 };
  const server = net.createServer((socket) => {
    open.add(socket);
    socket.on("error", () => {});
    socket.on("close", () => open.delete(socket));
    met.count += 1;
    meet(socket, met.count);
  });
  test.after(() => {
    open.forEach((socket) => socket.destroy());
    server.close();
  });
  return { url: await listening(server), met };
}

/** The address of a port that nobody listens at. */
async function refusing() {
  const server = net.createServer();
  const url = await listening(server);
  await new Promise((resolve) => server.close(resolve));
  return url;
}

function json(response, status, body) {
  response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(body));
}

/** The door, which lets everybody in. */
const door = (test) => serve(test, (_, response) => json(response, 200, { userId: "usr_a" }));

/**
 * Auth0, with so many roles of anybody in any organisation. It issues `token-1`, `token-2` and so on, which are good
 * for `life` seconds unless `good` says otherwise. Its pages have `perPage` roles at the most, whatever was asked for,
 * and no total where they are `bare`. `token` and `pages` answer in its place.
 */
async function auth0(test, behaviour = {}) {
  const { roles = 3, perPage = 100, life = 86400, good = () => true, bare = false, token, pages } = behaviour;
  let issued = 0;
  const tokens = (response) => {
    issued += 1;
    json(response, 200, { access_token: `token-${issued}`, expires_in: life, token_type: "Bearer" });
  };
  const all = Array.from({ length: roles }, (_, n) => ({ id: `rol_${n}`, name: `role ${n}`, description: "d" }));
  const listing = (request, response) => {
    if (!good(request.headers.authorization?.replace("Bearer ", ""))) {
      return json(response, 401, { statusCode: 401, error: "Unauthorized", message: "Invalid token" });
    }
    const query = new URL(request.url, "http://any").searchParams;
    const limit = Math.min(perPage, Number(query.get("per_page")), 100);
    const start = Number(query.get("page")) * limit;
    const page = all.slice(start, start + limit);
    return json(response, 200, bare ? page : { start, limit, total: all.length, roles: page });
  };
  const server = await serve(test, (request, response) => {
    const answer = request.url === "/oauth/token" ? (token ?? ((_, to) => tokens(to))) : (pages ?? listing);
    return answer(request, response);
  });
  const asked = (path) => server.requests.filter((request) => request.url.startsWith(path));
  return { ...server, tokens: () => asked("/oauth/token"), pages: () => asked("/api/v2/") };
}

module.exports = { auth0, door, json, refusing, serve, sockets };
