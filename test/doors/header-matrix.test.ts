/**
 * Every request that a hostile page, program or network could send to the browser door, as bytes to the
 * real port. All but the plain ones are refused before the contract hears of them.
 */
import { networkInterfaces } from 'node:os';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { contentPolicy } from '../../web/headers.ts';
import { codeOf, exchange, openTestDoor, type TestDoor } from '../support/browser-door.ts';
import { type RawAnswer, requestText, sendRaw } from '../support/raw-http.ts';

let door: TestDoor;
let other: TestDoor;
let cookie = '';

beforeAll(async () => {
  door = await openTestDoor();
  other = await openTestDoor();
  cookie = await door.enter();
});
afterAll(async () => {
  await door.close();
  await other.close();
});

type Header = readonly [name: string, value: string];

interface Call {
  readonly line?: string;
  /** In place of the headers of the same name; undefined leaves it out. */
  readonly set?: Readonly<Record<string, string | undefined>>;
  readonly add?: readonly Header[];
  readonly body?: string;
}

const goodBody = JSON.stringify({ json: {} });

function callText({ line, set = {}, add = [], body = goodBody }: Call): string {
  const usual: Record<string, string | undefined> = {
    host: `127.0.0.1:${door.port}`,
    origin: door.origin,
    cookie,
    'x-portcullis': '1',
    'content-type': 'application/json',
    'content-length': String(Buffer.byteLength(body)),
    ...set,
  };
  const kept = Object.entries(usual).flatMap(([name, value]) =>
    value === undefined ? [] : [[name, value] as const],
  );
  return requestText(line ?? 'POST /rpc/overview/get HTTP/1.1', [...kept, ...add], body);
}

const send = (call: Call) => sendRaw(door.port, callText(call));

describe('what is answered', () => {
  test.each([
    ['the address as printed', () => ({})],
    [
      'localhost',
      () => ({
        set: { host: `localhost:${door.port}`, origin: `http://localhost:${door.port}` },
      }),
    ],
    ['IPv6', () => ({ set: { host: `[::1]:${door.port}`, origin: `http://[::1]:${door.port}` } })],
    ['a page of our own', () => ({ add: [['sec-fetch-site', 'same-origin']] as const })],
  ] satisfies readonly [string, () => Call][])('%s', async (_name, call) => {
    const before = door.reached();
    const answer = await send(call());
    expect(answer.status).toBe(200);
    expect(JSON.parse(answer.body)).toMatchObject({ json: { version: '0.0.0', servers: 0 } });
    expect(door.reached()).toBe(before + 1);
    expectGuarded(answer);
  });

  test('health, without a credential and with nothing to learn', async () => {
    const answer = await get('/healthz');
    expect([answer.status, answer.body]).toEqual([200, 'ok']);
    expectGuarded(answer);
  });
});

describe('what is refused', () => {
  const text = { 'content-type': 'text/plain' };
  const huge = 'x'.repeat(17 * 1024);
  const rows: readonly (readonly [name: string, status: number, call: () => Call])[] = [
    ['no door token', 401, () => ({ set: { cookie: undefined } })],
    ['a wrong door token', 401, () => ({ set: { cookie: `${cookie}x` } })],
    ['an empty door token', 401, () => ({ set: { cookie: cookie.replace(/=.*/, '=') } })],
    ['the door token twice', 401, () => ({ set: { cookie: `${cookie}; ${cookie}` } })],
    ['a door token of another name', 401, () => ({ set: { cookie: `x${cookie}` } })],
    ['the door token as bearer', 401, () => asBearer()],
    ['the door token in the query', 404, () => inQuery()],
    ['a Host of an attacker', 421, () => ({ set: { host: 'attacker.example' } })],
    ['a Host of an attacker with our port', 421, () => hostWithPort('attacker.example')],
    ['a Host that resolves to us', 421, () => hostWithPort('127.0.0.1.nip.example')],
    ['a Host that begins as ours', 421, () => hostWithPort('127.0.0.1@attacker.example')],
    ['another number for this computer', 421, () => hostWithPort('127.0.0.2')],
    ['a Host without port', 421, () => ({ set: { host: '127.0.0.1' } })],
    ['a Host with another port', 421, () => ({ set: { host: `127.0.0.1:${other.port}` } })],
    ['an empty Host', 421, () => ({ set: { host: '' } })],
    ['no Host', 400, () => ({ set: { host: undefined } })],
    ['two Hosts', 400, () => ({ add: [['host', 'attacker.example']] })],
    ['the same Host twice', 400, () => ({ add: [['Host', `127.0.0.1:${door.port}`]] })],
    ['an absolute address of another', 400, () => absolute('http://attacker.example')],
    ['an absolute address of ours', 400, () => absolute(door.origin)],
    ['an Origin of an attacker', 403, () => ({ set: { origin: 'https://attacker.example' } })],
    ['the Origin null', 403, () => ({ set: { origin: 'null' } })],
    ['another port of this computer', 403, () => ({ set: { origin: other.origin } })],
    ['our Origin over TLS', 403, () => ({ set: { origin: `https://127.0.0.1:${door.port}` } })],
    ['our other name as Origin', 403, () => ({ set: { origin: localhost() } })],
    ['our Origin twice', 403, () => ({ add: [['origin', door.origin]] })],
    ['a change without Origin', 403, () => ({ set: { origin: undefined } })],
    ['another site', 403, () => ({ add: [['sec-fetch-site', 'cross-site']] })],
    ['another port, says the browser', 403, () => ({ add: [['sec-fetch-site', 'same-site']] })],
    ['a simple POST', 415, () => ({ set: text })],
    [
      'a simple POST without our header',
      403,
      () => ({ set: { ...text, 'x-portcullis': undefined } }),
    ],
    ['a form', 415, () => ({ set: { 'content-type': 'application/x-www-form-urlencoded' } })],
    [
      'a form with files',
      415,
      () => ({ set: { 'content-type': 'multipart/form-data; boundary=b' } }),
    ],
    ['JSON and something else', 415, () => ({ set: { 'content-type': 'application/json; x=1' } })],
    ['no content type', 415, () => ({ set: { 'content-type': undefined } })],
    ['no header of ours', 403, () => ({ set: { 'x-portcullis': undefined } })],
    ['GET', 405, () => ({ line: 'GET /rpc/overview/get HTTP/1.1' })],
    ['a call in a GET', 404, () => ({ line: 'GET /rpc/overview/get?data=%7B%7D HTTP/1.1' })],
    ['HEAD', 403, () => ({ line: 'HEAD /rpc/overview/get HTTP/1.1', set: { origin: undefined } })],
    ['PUT', 405, () => ({ line: 'PUT /rpc/overview/get HTTP/1.1' })],
    ['DELETE', 405, () => ({ line: 'DELETE /rpc/overview/get HTTP/1.1' })],
    ['a preflight', 405, () => preflight(door.origin)],
    ['a preflight of an attacker', 403, () => preflight('https://attacker.example')],
    ['HTTP/1.0', 505, () => ({ line: 'POST /rpc/overview/get HTTP/1.0' })],
    [
      'an upgrade to h2c',
      400,
      () => ({
        add: [
          ['upgrade', 'h2c'],
          ['http2-settings', 'AAMAAABk'],
        ],
      }),
    ],
    ['a websocket', 400, () => ({ add: [['upgrade', 'websocket']] })],
    ['the start of HTTP/2', 400, () => ({ line: 'PRI * HTTP/2.0' })],
    ['a tunnel', 0, () => ({ line: 'CONNECT 127.0.0.1:22 HTTP/1.1' })],
    ['two lengths', 400, () => ({ add: [['transfer-encoding', 'chunked']] })],
    ['a length twice', 400, () => ({ add: [['content-length', '3']] })],
    ['an expectation', 417, () => ({ add: [['expect', '100-continue']] })],
    ['another expectation', 417, () => ({ add: [['expect', 'x']] })],
    ['headers of 17 KiB', 431, () => ({ add: [['x-long', huge]] })],
    ['a folded header', 400, () => ({ add: [['x-folded', 'a\r\n b']] })],
    ['a header with a space in its name', 400, () => ({ add: [['origin ', door.origin]] })],
    [
      'a body of 5 MiB',
      413,
      () => ({ body: JSON.stringify({ json: 'x'.repeat(5 * 1024 * 1024) }) }),
    ],
    [
      'a call that is not in the contract',
      404,
      () => ({ line: 'POST /rpc/overview/steal HTTP/1.1' }),
    ],
    ['a name that every object has', 404, () => ({ line: 'POST /rpc/constructor HTTP/1.1' })],
    ['a group in place of a call', 404, () => ({ line: 'POST /rpc/overview HTTP/1.1' })],
    ['an encoded name', 404, () => ({ line: 'POST /rpc/overview%2fget HTTP/1.1' })],
    ['no JSON', 400, () => ({ body: '{"json":' })],
    ['a field that nobody asked for', 400, () => ({ body: '{"json":{"extra":1}}' })],
  ];

  test.each(rows)('%s', async (_name, status, call) => {
    const before = door.reached();
    const answer = await send(call());
    expect(answer.status).toBe(status);
    expect(door.reached()).toBe(before);
    expect(answer.text).not.toMatch(/access-control-|node_modules|\.ts:|at \w+ \(/i);
    // What the parser refuses has no route to add headers; everything else has them.
    if (answer.headers['content-security-policy'] !== undefined) expectGuarded(answer);
    else expect([0, 400, 431]).toContain(status);
  });

  test('a body of 5 MiB in chunks that says nothing of its size', async () => {
    const head = callText({
      set: { 'content-length': undefined },
      add: [['transfer-encoding', 'chunked']],
      body: '',
    });
    const chunk = 'x'.repeat(64 * 1024);
    const chunks = Array.from({ length: 80 }, () => `${chunk.length.toString(16)}\r\n${chunk}\r\n`);
    const before = door.reached();
    const answer = await sendRaw(door.port, [head, ...chunks, '0\r\n\r\n']);
    expect([413, 0]).toContain(answer.status);
    expect(door.reached()).toBe(before);
  });

  test('the cookie of another launch', async () => {
    const foreign = (await other.enter()).split('=')[1];
    const answer = await send({ set: { cookie: cookie.replace(/=.*/, `=${foreign}`) } });
    expect(answer.status).toBe(401);
  });

  function asBearer(): Call {
    return { set: { cookie: undefined, authorization: `Bearer ${cookie.split('=')[1]}` } };
  }
  function inQuery(): Call {
    return {
      line: `POST /rpc/overview/get?token=${cookie.split('=')[1]} HTTP/1.1`,
      set: { cookie: undefined },
    };
  }
  function hostWithPort(name: string): Call {
    return { set: { host: `${name}:${door.port}` } };
  }
  function absolute(origin: string): Call {
    return { line: `POST ${origin}/rpc/overview/get HTTP/1.1` };
  }
  function localhost(): string {
    return `http://localhost:${door.port}`;
  }
  function preflight(origin: string): Call {
    return {
      line: 'OPTIONS /rpc/overview/get HTTP/1.1',
      set: { origin, cookie: undefined, 'x-portcullis': undefined },
      add: [
        ['access-control-request-method', 'POST'],
        ['access-control-request-headers', 'content-type,x-portcullis'],
      ],
    };
  }
});

describe('who is slow', () => {
  let slow: TestDoor;
  beforeAll(async () => {
    slow = await openTestDoor({ limits: { head: 200, request: 400, check: 50 } });
  });
  afterAll(() => slow.close());

  test('with the head', async () => {
    const answer = await sendRaw(slow.port, `GET / HTTP/1.1\r\nHost: 127.0.0.1:${slow.port}\r\n`);
    expect(answer.status).toBe(408);
  });

  test('with the body', async () => {
    const entered = await slow.enter();
    const text = requestText(
      'POST /rpc/overview/get HTTP/1.1',
      [
        ['host', `127.0.0.1:${slow.port}`],
        ['origin', slow.origin],
        ['cookie', entered],
        ['x-portcullis', '1'],
        ['content-type', 'application/json'],
        ['content-length', '100'],
      ],
      '{"json":',
    );
    const answer = await sendRaw(slow.port, text);
    expect([408, 0]).toContain(answer.status);
    expect(slow.reached()).toBe(0);
  });
});

describe('where it listens', () => {
  test('on both addresses of this computer, so that nobody else can on one', async () => {
    const text = requestText('GET /healthz HTTP/1.1', [['host', `localhost:${door.port}`]]);
    expect((await sendRaw(door.port, text)).body).toBe('ok');
    const hasIpv6 = Object.values(networkInterfaces())
      .flat()
      .some((one) => one?.address === '::1');
    const six = sendRaw(door.port, text, { host: '::1' }).then(({ body }) => body);
    await (hasIpv6 ? expect(six).resolves.toBe('ok') : expect(six).rejects.toThrow());
  });

  test('on no address that another computer can reach', async () => {
    const foreign = Object.values(networkInterfaces())
      .flat()
      .flatMap((one) => (one === undefined || one.internal || one.scopeid ? [] : [one.address]));
    // On Linux another address of the loopback network is ours as well, also without a network.
    const more = process.platform === 'linux' ? ['127.0.0.2'] : [];
    expect([...foreign, ...more].length).toBeGreaterThan(0);
    for (const host of [...foreign, ...more]) {
      await expect(sendRaw(door.port, 'GET / HTTP/1.1\r\n\r\n', { host })).rejects.toThrow(
        /ECONNREFUSED|EADDRNOTAVAIL/,
      );
    }
  });

  test('a port that is taken is said so', async () => {
    await expect(openTestDoor({ port: door.port })).rejects.toMatchObject({ code: 'conflict' });
  });
});

describe('the window', () => {
  test('has the content policy and is never kept', async () => {
    const page = await get('/');
    expect([page.status, page.body]).toEqual([200, '<!doctype html>']);
    expectGuarded(page);
    const script = await get('/assets/index-abcd1234.js');
    expect(script.headers).toMatchObject({
      'cache-control': 'private, max-age=31536000, immutable',
      'content-type': 'text/javascript; charset=utf-8',
      'content-security-policy': contentPolicy,
    });
  });

  test.each([
    '/../package.json',
    '/assets/../../package.json',
    '/assets/..%2f..%2fpackage.json',
    '/%2e%2e/package.json',
    '/..%5cpackage.json',
    '/assets\\index-abcd1234.js',
    '/assets/index-abcd1234.js%00.html',
    '/assets/index-abcd1234.js/',
    '/ASSETS/index-abcd1234.js',
    '//assets/index-abcd1234.js',
    '/./assets/index-abcd1234.js',
    '/assets/index-abcd1234.js?x',
    '/etc/passwd',
    '/.built',
    '/__proto__',
  ])('%s is not there', async (path) => {
    expect((await get(path)).status).toBe(404);
  });
});

describe('entering', () => {
  test('once, with a cookie that scripts cannot read', async () => {
    const code = codeOf(door.mintAddress());
    const first = await exchange(door, code);
    expect([first.status, first.body]).toEqual([204, '']);
    expect(first.headers['set-cookie']).toBe(`${cookie}; HttpOnly; SameSite=Strict; Path=/`);
    const second = await exchange(door, code);
    expect([second.status, second.headers['set-cookie']]).toEqual([401, undefined]);
  });

  test('within a minute', async () => {
    const kept = codeOf(door.mintAddress());
    door.wait(59_999);
    expect((await exchange(door, kept)).status).toBe(204);
    const late = codeOf(door.mintAddress());
    door.wait(60_000);
    expect((await exchange(door, late)).status).toBe(401);
  });

  test.each(['', 'wrong', 'x'.repeat(22), 'x'.repeat(900)])('not with “%s”', async (code) => {
    expect((await exchange(door, code)).status).toBe(401);
  });

  test('not with the code of another door', async () => {
    expect((await exchange(door, codeOf(other.mintAddress()))).status).toBe(401);
  });

  test.each(['', 'null', '[]', '"code"', '{"code":1}', '{"code":"a","b":1}', 'x'.repeat(2000)])(
    'not by sending %s',
    async (body) => {
      const answer = await send({ line: 'POST /door/exchange HTTP/1.1', body });
      expect([answer.status, answer.headers['set-cookie']]).toEqual([401, undefined]);
    },
  );

  test('not from another origin, and not by a form', async () => {
    const code = codeOf(door.mintAddress());
    const body = JSON.stringify({ code });
    const line = 'POST /door/exchange HTTP/1.1';
    const foreign = await send({ line, body, set: { origin: 'https://attacker.example' } });
    const form = await send({ line, body, set: { 'content-type': 'text/plain' } });
    const bare = await send({ line, body, set: { 'x-portcullis': undefined } });
    expect([foreign.status, form.status, bare.status]).toEqual([403, 415, 403]);
    // None of them has used it up.
    expect((await exchange(door, code)).status).toBe(204);
  });

  test('what the door can do is told to those inside only', async () => {
    const line = 'GET /door/shell HTTP/1.1';
    const inside = await send({ line, body: '', set: { origin: undefined } });
    expect(JSON.parse(inside.body)).toEqual({ clipboard: false, openExternal: true });
    const outside = await send({ line, body: '', set: { origin: undefined, cookie: undefined } });
    expect(outside.status).toBe(401);
  });
});

function get(path: string): Promise<RawAnswer> {
  const headers: Header[] = [['host', `127.0.0.1:${door.port}`]];
  return sendRaw(door.port, requestText(`GET ${path} HTTP/1.1`, headers));
}

function expectGuarded({ headers }: RawAnswer): void {
  expect(headers).toMatchObject({
    'cache-control': 'no-store',
    'content-security-policy': contentPolicy,
    'referrer-policy': 'no-referrer',
    'x-content-type-options': 'nosniff',
  });
  expect(headers).not.toHaveProperty('server');
  expect(headers).not.toHaveProperty('x-powered-by');
}
