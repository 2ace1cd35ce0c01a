import http from 'node:http';
import net, { type AddressInfo } from 'node:net';
import type { TestContext } from 'node:test';
import { ConfigurableDevice } from '../../../src/simulator/configurable/device.js';
import { FAULTS } from '../../../src/simulator/configurable/faults.js';
import { CgiCamera } from '../../../src/simulator/vstarcam/cgi-camera.js';
import { selfSigned } from '../../sources/certificate.js';
import type { Canary, CanaryLogin } from '../../support/secrets.js';

/** The secrets of the scene: with signs that XML, queries and Base64 write in ways of their own. */
export const LISTENER: CanaryLogin & { readonly secret: string } = {
  secret: 'Kx7pQ2mWz9aBcY',
  username: 'canary-pusher',
  password: 'Canary&Push=5/w+',
};
export const DEVICE: CanaryLogin = { username: 'canary-device', password: 'Canary&Device=7/x+' };
export const CAMERA: CanaryLogin = { username: 'canary-camera', password: 'Canary&Lens=ü 9+' };
/** Mistyped passwords are nearly the right ones. */
export const MISTYPED: CanaryLogin = { username: 'canary-typist', password: 'Canary&Typo=3/y+' };
/** Whoever has it may do everything in the editor. */
export const TOKEN = 'canaryEditorToken42';

export const CANARIES: readonly Canary[] = [
  { name: 'secret of the listener', value: LISTENER.secret },
  { name: 'token of the editor', value: TOKEN },
  ...Object.entries({ listener: LISTENER, device: DEVICE, camera: CAMERA, typist: MISTYPED }).flatMap(
    ([whose, { username, password }]) => [
      { name: `user of the ${whose}`, value: username },
      { name: `password of the ${whose}`, value: password },
    ],
  ),
];

/** What stands at the other end of the wires. */
export interface Devices {
  /** Properties of `isapi-device` by name. */
  readonly isapi: Readonly<Record<string, object>>;
  /** Properties of `vstarcam-device` by name. */
  readonly vstarcam: Readonly<Record<string, object>>;
  /** Takes what it is told. */
  readonly good: ConfigurableDevice;
  readonly camera: CgiCamera;
}

/** Devices that do what they should, and others that do each thing that goes wrong with a login. */
export async function startDevices(t: TestContext): Promise<Devices> {
  const isapi = async (...args: Parameters<typeof ConfigurableDevice.start>) => {
    const device = await ConfigurableDevice.start(...args);
    t.after(() => device.close());
    return device;
  };
  const vstarcam = async (behaviour: Parameters<typeof CgiCamera.start>[0]) => {
    const camera = await CgiCamera.start(behaviour, {}, CAMERA);
    t.after(() => camera.close());
    return camera;
  };
  const login = DEVICE;
  const good = await isapi({ login, test: 'always ok', limits: { slots: 3 } });
  const camera = await vstarcam({ login: 'query' });
  const at = ({ port }: { readonly port: number }, more: object = {}) => ({
    protocol: 'http',
    host: '127.0.0.1',
    port: String(port),
    ...more,
  });
  // Where nothing listens, and nothing of another test will.
  const off = { port: 1 };
  return {
    good,
    camera,
    isapi: {
      good: at(good),
      mistyped: at(await isapi({ login })),
      off: at(off),
      'hidden certificate': at(await isapi({ login }, { certificate: selfSigned() }), { protocol: 'https' }),
      'no HTTPS': at(await isapi({ login }), { protocol: 'https' }),
      'Basic alone': at(await isapi({ login: { ...login, algorithms: [], basic: true } })),
      'breaks off': at(await isapi({ login, ...FAULTS.truncated })),
      'stores nothing': at(await isapi({ login, ...FAULTS.storesNothing })),
      'refuses passwords': at(await isapi({ login, ...FAULTS.writingFails })),
      'sends away': at(
        await isapi({
          login,
          scripts: [{ on: '* /**', answer: { kind: 'redirect', location: 'http://127.0.0.1:1/' } }],
        }),
      ),
      echoes: at(await startEcho(t, false), { basic: true }),
      'echoes no HTTP': at(await startEcho(t, true), { basic: true }),
      'no address': { protocol: 'http', host: 'a b', port: '80' },
    },
    vstarcam: {
      good: at(camera),
      mistyped: at(await vstarcam({ login: 'query' })),
      'mistyped, 401': at(await vstarcam({ login: 'query, 401' })),
      off: at(off),
      Basic: at(await vstarcam({ login: 'basic' })),
      'breaks off': at(await vstarcam({ login: 'query', cuts: 'always' })),
      'stores nothing': at(await vstarcam({ login: 'query', stores: [] })),
      'has none': at(await vstarcam({ login: 'query', alarmPush: 'page' })),
      echoes: at(await startEcho(t, false)),
      'no address': { protocol: 'http', host: 'a b', port: '81' },
    },
  };
}

/** A hostile device, which sends the login back in all places where its words may be told on. */
async function startEcho(t: TestContext, raw: boolean): Promise<{ readonly port: number }> {
  const server = raw ? net.createServer(echoBytes) : http.createServer(echoWords);
  server.listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  t.after(() => void server.close());
  return { port: (server.address() as AddressInfo).port };
}

function echoWords({ url = '', headers }: http.IncomingMessage, response: http.ServerResponse): void {
  const { authorization } = headers;
  if (authorization === undefined && !url.includes('loginpas')) {
    response.writeHead(401, { 'www-authenticate': 'Basic realm="x"', connection: 'close' }).end();
    return;
  }
  const given = Buffer.from((authorization ?? '').replace('Basic ', ''), 'base64').toString();
  const words = `${authorization} ${given.replaceAll('&', '&amp;')} ${url.replaceAll('&', '&amp;')}`;
  const tags = ['statusCode', 'statusString', 'subStatusCode', 'errorMsg', 'requestURL'];
  const body = `<ResponseStatus>${tags.map((tag) => `<${tag}>${words}</${tag}>`).join('')}</ResponseStatus>`;
  response.writeHead(500, { 'x-given': encodeURI(given), connection: 'close' }).end(body);
}

function echoBytes(socket: net.Socket): void {
  socket.on('error', () => undefined);
  socket.once('data', (bytes) => {
    const isAsked = !/^authorization:/im.test(bytes.toString());
    socket.end(
      isAsked
        ? 'HTTP/1.1 401 No\r\nWWW-Authenticate: Basic realm="x"\r\nContent-Length: 0\r\nConnection: close\r\n\r\n'
        : bytes,
    );
  });
}
