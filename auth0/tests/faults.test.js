// What can go wrong on the way to the system: the login passes, and never waits for more than 2.5 s in all.
"use strict";

const assert = require("node:assert/strict");
const { describe, it } = require("node:test");

const { instance } = require("./stand-in/action.js");
const { CANARIES, USER, api, event } = require("./stand-in/event.js");
const { json, refusing, serve, sockets } = require("./stand-in/servers.js");

const WAIT_MS = 2500;
const HTML = { "content-type": "text/html" };
const PRIVATE = [...CANARIES, USER.email, USER.name, USER.user_id, USER.picture, "action-secret"];

/** A login that must pass in time, without a word about anybody. */
async function passes(url, { action = instance(), secrets = {} } = {}) {
  const auth = api();
  const login = await action.logIn(event({ secrets: { SPINE_HTTP_URL: url, ...secrets } }), auth);
  assert.ok(login.ms < WAIT_MS, `${login.ms} ms`);
  assert.deepEqual(auth.denied, []);
  for (const word of PRIVATE) {
    assert.equal(login.lines.join("\n").includes(word), false, word);
  }
  return { ...login, kinds: login.lines.map((line) => line.replace("identity-spine upsert-user: ", "")) };
}

describe("A system that is slow or silent", { concurrency: true }, () => {
  const waits = async (url) => {
    const login = await passes(url);
    assert.ok(login.ms >= 1850, `it waited for only ${login.ms} ms`);
    return login;
  };

  it("answers after 2.5 s: too late, and it is not asked again", async (test) => {
    const late = (_, response) => setTimeout(() => json(response, 200, { userId: "usr_a" }), WAIT_MS).unref();
    const { url, requests } = await serve(test, late);
    assert.deepEqual((await waits(url)).kinds, ["timeout"]);
    assert.equal(requests.length, 1);
  });

  it("takes the connection and never answers", async (test) => {
    const { url, met } = await sockets(test, () => {});
    assert.deepEqual((await waits(url)).kinds, ["timeout"]);
    assert.equal(met.count, 1);
  });

  it("stops in the middle of its answer", async (test) => {
    const half = (_, response) => response.writeHead(200, { "content-length": 100 }).write('{"userId":');
    const { url } = await serve(test, half);
    assert.deepEqual((await waits(url)).kinds, ["200 timeout"]);
  });

  it("answers a byte at a time", async (test) => {
    const { url } = await serve(test, (_, response) => {
      const drip = setInterval(() => response.write(" "), 100).unref();
      response.on("close", () => clearInterval(drip));
    });
    assert.deepEqual((await waits(url)).kinds, ["200 timeout"]);
  });

  it("hangs in a platform that does not listen to an end", async () => {
    const login = await passes("https://system.example", { action: instance({ fetch: () => new Promise(() => {}) }) });
    assert.ok(login.ms >= 1950, `${login.ms} ms`);
  });
});

describe("A connection that fails", () => {
  it("is refused", async () => {
    assert.deepEqual((await passes(await refusing())).kinds, ["ECONNREFUSED"]);
  });

  it("is cut before the answer: it is asked once more, and that is all", async (test) => {
    const { url, met } = await sockets(test, (socket) => socket.once("data", () => socket.destroy()));
    const { kinds } = await passes(url);
    assert.match(kinds.join(), /^(UND_ERR_SOCKET|ECONNRESET)$/);
    assert.equal(met.count, 2);
  });

  it("is cut in the middle of a header", async (test) => {
    const half = "HTTP/1.1 200 OK\r\nCont";
    const { url, met } = await sockets(test, (socket) => socket.once("data", () => socket.end(half)));
    assert.match((await passes(url)).kinds.join(), /^(UND_ERR_SOCKET|ECONNRESET|HPE_\w+)$/);
    assert.equal(met.count, 2);
  });

  it("is cut once: the second one tells the login", async (test) => {
    const bodies = [];
    const { url } = await sockets(test, (socket, which) => {
      socket.once("data", (piece) => {
        if (which === 1) {
          return socket.destroy();
        }
        bodies.push(String(piece));
        return socket.end('HTTP/1.1 200 OK\r\nconnection: close\r\n\r\n{"userId":"usr_a"}');
      });
    });
    assert.deepEqual((await passes(url)).kinds, []);
    assert.equal(bodies.length, 1);
    assert.match(bodies[0], /^POST \/auth0\/upsert-user /);
  });

  it("is kept for the next login, and closed just as that one is told: another one tells it", async (test) => {
    const body = '{"userId":"usr_a"}';
    const answer = `HTTP/1.1 200 OK\r\ncontent-length: ${body.length}\r\n\r\n${body}`;
    let closed = 0;
    const { url, met } = await sockets(test, (socket) => {
      let told = "";
      socket.on("data", (piece) => {
        told += piece;
        if (told.split("POST ").length > 2) {
          closed += 1;
          socket.destroy();
        } else if (told.endsWith("}}")) {
          socket.write(answer);
        }
      });
    });
    const action = instance();
    assert.deepEqual((await passes(url, { action })).kinds, []);
    // The platform takes a connection back a moment after the answer has been read.
    await new Promise(setImmediate);
    assert.deepEqual((await passes(url, { action })).kinds, []);
    assert.deepEqual([met.count, closed], [2, 1]);
  });
});

describe("An answer that says nothing", () => {
  const answers = [
    ["is a failure", (to) => json(to, 500, { code: "internal" }), "500 refused"],
    ["is away", (to) => to.writeHead(503, { "retry-after": "1" }).end(), "503 refused"],
    ["is too much", (to) => json(to, 429, {}), "429 refused"],
    ["is a proxy's page of failure", (to) => to.writeHead(502, HTML).end("<html>"), "502 refused"],
    ["is a page", (to) => to.writeHead(200, HTML).end("<html>"), "200 not JSON"],
    ["is empty", (to) => to.writeHead(204).end(), "204 not JSON"],
    ["is null", (to) => json(to, 200, null), "200 unexpected answer"],
    ["names nobody", (to) => json(to, 200, { ok: true }), "unexpected answer"],
    ["is endless", (to) => to.end("x".repeat(1 << 20)), "200 too large"],
  ];
  for (const [name, answer, kind] of answers) {
    it(`${name}: it is not asked for again`, async (test) => {
      const { url, requests } = await serve(test, (_, response) => answer(response));
      assert.deepEqual((await passes(url)).kinds, [kind]);
      assert.equal(requests.length, 1);
    });
  }

  it("is a failure without an end: nobody listens to it", { timeout: 10_000 }, async (test) => {
    let closed;
    const left = new Promise((resolve) => {
      closed = resolve;
    });
    const { url } = await serve(test, (_, response) => {
      response.on("close", closed).writeHead(500).write("x");
    });
    assert.deepEqual((await passes(url)).kinds, ["500 refused"]);
    await left;
  });

  it("is cut in the middle of its body: it is not asked for again", async (test) => {
    const { url, requests } = await serve(test, (_, response) => {
      response.writeHead(200, { "content-length": 100 }).write('{"userId":', () => response.destroy());
    });
    assert.match((await passes(url)).kinds.join(), /^200 (UND_ERR_SOCKET|ECONNRESET|TypeError)$/);
    assert.equal(requests.length, 1);
  });

  it("is a redirect: nobody else is told the secret", async (test) => {
    const elsewhere = await serve(test, (_, response) => json(response, 200, { userId: "usr_a" }));
    for (const status of [301, 302, 307, 308]) {
      const to = { location: `${elsewhere.url}/auth0/upsert-user` };
      const { url } = await serve(test, (_, response) => response.writeHead(status, to).end());
      assert.deepEqual((await passes(url)).kinds, [`${status} refused`]);
    }
    assert.equal(elsewhere.requests.length, 0);
  });
});

describe("Secrets that are missing or wrong", () => {
  for (const [secrets, kind] of [
    [{ SPINE_HTTP_URL: undefined }, "SPINE_HTTP_URL is missing"],
    [{ SPINE_HTTP_URL: "  " }, "SPINE_HTTP_URL is missing"],
    [{ SPINE_HTTP_URL: "https://" }, "SPINE_HTTP_URL is no address"],
    [{ SPINE_HTTP_URL: "http://system.example" }, "SPINE_HTTP_URL is not https"],
    [{ AUTH0_ACTION_SECRET: undefined }, "AUTH0_ACTION_SECRET is missing"],
    [{ AUTH0_DOMAIN: undefined }, "AUTH0_DOMAIN is missing"],
    [{ AUTH0_DOMAIN: "not a domain" }, "AUTH0_DOMAIN is no address"],
    [{ AUTH0_ISSUER_URL: "ftp://tenant" }, "AUTH0_ISSUER_URL is not https"],
  ]) {
    it(`${JSON.stringify(secrets)}: ${kind}, and nobody is asked`, async (test) => {
      const { url, requests } = await serve(test, (_, response) => json(response, 200, { userId: "usr_a" }));
      assert.deepEqual((await passes(url, { secrets })).kinds, [kind]);
      assert.equal(requests.length, 0);
    });
  }

  it("a secret that no header can carry is not told in the log", async (test) => {
    const { url, requests } = await serve(test, (_, response) => json(response, 200, { userId: "usr_a" }));
    const { kinds } = await passes(url, { secrets: { AUTH0_ACTION_SECRET: "action-secret\u0001" } });
    assert.match(kinds.join(), /^(TypeError|UND_ERR_INVALID_ARG)$/);
    assert.equal(requests.length, 0);
  });
});

describe("An Action in a strange place", () => {
  const throwing = () => {
    throw new Error(`about ${USER.email}`);
  };

  it("passes without an event, a user, secrets or an api", async () => {
    const { logIn } = instance();
    const nobody = event({ user: { user_id: undefined } });
    for (const odd of [undefined, null, {}, { user: null }, { secrets: null }, nobody]) {
      for (const without of [undefined, null, {}]) {
        assert.ok((await logIn(odd, without)).ms < WAIT_MS);
      }
    }
  });

  it("passes though the event, the log or the platform throws", async (test) => {
    const odd = event();
    Object.defineProperty(odd, "user", { get: throwing });
    Object.defineProperty(odd, "organization", { get: throwing });
    assert.equal((await instance().logIn(odd, api())).lines.join().includes(USER.email), false);
    assert.ok((await instance({ log: throwing }).logIn(odd, api())).ms < WAIT_MS);

    const { kinds } = await passes("https://system.example", { action: instance({ fetch: throwing }) });
    assert.deepEqual(kinds, ["Error"]);
    const none = instance({ fetch: null });
    assert.deepEqual((await passes("https://system.example", { action: none })).kinds, ["TypeError"]);
    const wordless = instance({ fetch: () => Promise.reject() });
    assert.deepEqual((await passes("https://system.example", { action: wordless })).kinds, ["unknown"]);

    const { url } = await serve(test, (_, response) => json(response, 500, {}));
    await passes(url, { action: instance({ log: throwing }) });
  });

  it("leaves no timer behind", async () => {
    const timers = () => process.getActiveResourcesInfo().filter((name) => name === "Timeout").length;
    const action = instance({ fetch: () => Promise.reject() });
    const before = timers();
    await passes("https://system.example", { action });
    assert.equal(timers(), before);
  });
});
