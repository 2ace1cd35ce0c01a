import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { TestContext } from 'node:test';
import { type NodeRed, type NodeRedOptions, startNodeRed } from '../support/node-red.js';
import { packageOf } from './support/installed.js';
import { promise } from './support/promise.js';

/** Writes what is behind the admin address and behind that of flows to the log, when all nodes are there. */
const WALKER = `module.exports = (RED) => {
  const walk = (stack) => stack.flatMap(({ route, handle, name }) => {
    if (route) return Object.keys(route.methods).map((method) => method + ' ' + route.path);
    return handle.stack ? walk(handle.stack) : ['use ' + name];
  });
  // Express 4 makes a router with the first route, and refuses to speak of it under its name in Express 5.
  const routerOf = (app) => app._router ?? (app.lazyrouter ? { stack: [] } : app.router);
  const routesOf = (app) => walk(routerOf(app).stack);
  RED.events.once('flows:started', () =>
    console.log('routes: ' + JSON.stringify({ admin: routesOf(RED.httpAdmin), flows: routesOf(RED.httpNode) }) + '.'));
};`;

/** Who may do what: nobody without a token, `reader` may look at flows, `all` may do everything. */
const ADMIN_AUTH = `{
  type: 'credentials',
  users: [],
  tokens: async (token) =>
    ({ reader: { username: 'reader', permissions: 'flows.read' }, all: { username: 'all', permissions: '*' } })[token] ?? null,
}`;

interface Routes {
  /** Such as `post /camera-alarms/isapi-device/test`. */
  readonly admin: readonly string[];
  readonly flows: readonly string[];
}

async function startWalked(
  t: TestContext,
  ownPackage: string,
): Promise<{ nodeRed: NodeRed; routes: Routes }> {
  const options: NodeRedOptions = {
    flows: [],
    ownPackage,
    adminAuth: ADMIN_AUTH,
    ownNodes: { walker: WALKER },
  };
  const nodeRed = await startNodeRed(options);
  t.after(() => nodeRed.stop());
  await nodeRed.said(/routes: \{.*\}\./);
  const [, text = ''] = /routes: (\{.*\})\./.exec(nodeRed.log()) ?? [];
  return { nodeRed, routes: JSON.parse(text) as Routes };
}

/** What is in one list more often than in the other. */
function beyond(all: readonly string[], usual: readonly string[]): string[] {
  const rest = [...usual];
  return all.filter((each) => {
    const at = rest.indexOf(each);
    if (at >= 0) rest.splice(at, 1);
    return at < 0;
  });
}

/** What Node-RED has by itself: asked once. */
let usual: Promise<Routes> | undefined;

async function usualRoutes(t: TestContext): Promise<Routes> {
  const folder = mkdtempSync(path.join(tmpdir(), 'camera-alarms-none-'));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  writeFileSync(
    path.join(folder, 'package.json'),
    '{"name":"none","version":"1.0.0","node-red":{"nodes":{}}}',
  );
  return (await startWalked(t, folder)).routes;
}

promise(
  'P39',
  'every admin route of the package needs a permission',
  async ({ build, t, figure }) => {
    usual ??= usualRoutes(t);
    const { admin, flows } = await usual;
    const { nodeRed, routes } = await startWalked(t, packageOf(build, t));
    // Whatever the package adds, by whichever name: a list of known routes would not show a new one.
    const own = beyond(routes.admin, admin);
    assert.deepEqual(beyond(routes.flows, flows), [], 'routes in the open address of flows');
    assert.ok(own.length >= 7, `${own.length} routes`);
    const ask = async (route: string, headers: Record<string, string>) => {
      const [method = '', where = ''] = route.split(' ');
      assert.match(where, /^\/camera-alarms\/[\w/:-]+$/, `${route} cannot be asked`);
      const request = { method: method.toUpperCase(), headers };
      return (await fetch(`http://127.0.0.1:${nodeRed.port}${where}`, request)).status;
    };
    const strangers = ['', 'Bearer nobody', 'Bearer reader', 'Basic YWxsOmFsbA=='];
    for (const route of own) {
      for (const authorization of strangers) {
        const status = await ask(route, authorization === '' ? {} : { authorization });
        assert.equal(status, 401, `${route} with ${authorization || 'no token'}`);
      }
    }
    for (const route of own.filter((each) => !each.endsWith('/discover')))
      assert.notEqual(await ask(route, { authorization: 'Bearer all' }), 401, `${route} for who may`);
    figure(
      `${own.length} routes asked ${own.length * strangers.length} times without permission: 401 each time`,
    );
  },
  [
    {
      what: 'a route without a permission',
      file: 'nodes/lib/device-dialog.js',
      from: '/discover`, permission, async',
      to: '/discover`, async',
    },
    {
      what: 'a permission that is asked of nobody',
      file: 'nodes/lib/doctor-admin.js',
      from: "RED.auth.needsPermission('camera-alarms.write')",
      to: '(request, response, next) => next()',
    },
    {
      what: 'a route below the address of flows',
      file: 'nodes/alarm-listener.js',
      from: 'RED.httpAdmin.get(',
      to: 'RED.httpNode.get(',
    },
  ],
);
