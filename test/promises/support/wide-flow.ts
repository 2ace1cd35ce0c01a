import type { FlowNode } from '../../support/node-red.js';
import { CAMERA, DEVICE, type Devices, LISTENER, MISTYPED } from './wide-scene.js';

/** Where the listeners of the flow are. */
export interface Ports {
  readonly secret: number;
  readonly basic: number;
  readonly digest: number;
  readonly tls: number;
  readonly udp: number;
}

const TAB = 'wide';

/** A flow with every node of the package, its credentials as an editor hands them in. @param pem files of a certificate */
export function wideFlow(
  devices: Devices,
  ports: Ports,
  pem: { readonly cert: string; readonly key: string },
): FlowNode[] {
  const flowNode = (id: string, type: string, more: object = {}): FlowNode => ({
    id,
    type,
    z: TAB,
    x: 1,
    y: 1,
    wires: [['sink'], ['sink']],
    ...more,
  });
  // An id that equals any property of a node would be taken for a reference to it.
  const listener = (name: string, port: number, more: object = {}) => ({
    id: `listener ${name}`,
    name,
    type: 'alarm-listener',
    host: '127.0.0.1',
    port: String(port),
    credentials: LISTENER,
    ...more,
  });
  const receivers = (name: string) => [
    flowNode(`isapi at ${name}`, 'isapi-alarm-in', { listener: `listener ${name}`, path: '/isapi' }),
    flowNode(`push at ${name}`, 'http-push-in', { listener: `listener ${name}`, path: '/push' }),
    flowNode(`vstarcam at ${name}`, 'vstarcam-alarm-in', { listener: `listener ${name}`, path: '/vstarcam' }),
  ];
  const listeners = [
    listener('secret', ports.secret),
    listener('basic', ports.basic, { auth: 'basic' }),
    listener('digest', ports.digest, { auth: 'digest' }),
    listener('tls', ports.tls, { tls: 'pem' }),
    listener('taken', ports.secret),
    listener('no certificate', ports.tls, { tls: 'none' }),
    listener('no login', ports.basic, { auth: 'basic', credentials: { ...LISTENER, username: '' } }),
    listener('bad list', ports.basic, { allow: '192.0.2.1,nowhere' }),
  ];
  const typed = (name: string, login: object) => (name.startsWith('mistyped') ? MISTYPED : login);
  const isapi = Object.entries(devices.isapi).flatMap(([name, properties]) => [
    { id: `device ${name}`, type: 'isapi-device', name, credentials: typed(name, DEVICE), ...properties },
    flowNode(`stream ${name}`, 'alertstream', { device: `device ${name}`, endAfter: '5' }),
    flowNode(`snapshot ${name}`, 'isapi-snapshot', { device: `device ${name}` }),
    flowNode(`set ${name}`, 'isapi-configure', {
      device: `device ${name}`,
      listener: 'listener digest',
      path: '/isapi',
    }),
  ]);
  const vstarcam = Object.entries(devices.vstarcam).flatMap(([name, properties]) => [
    { id: `camera ${name}`, type: 'vstarcam-device', name, credentials: typed(name, CAMERA), ...properties },
    flowNode(`set camera ${name}`, 'vstarcam-configure', {
      device: `camera ${name}`,
      listener: 'listener secret',
    }),
  ]);
  return [
    { id: TAB, type: 'tab', label: 'wide' },
    { id: 'pem', type: 'tls-config', ca: '', ...pem },
    { id: 'none', type: 'tls-config', cert: '', key: '', ca: '' },
    { id: 'datagrams', type: 'udp-push-listener', port: String(ports.udp), interface: '127.0.0.1' },
    ...listeners,
    ...listeners.flatMap(({ name }) => receivers(name)),
    flowNode('push by UDP', 'udp-push-in', { listener: 'datagrams' }),
    ...isapi,
    ...vstarcam,
    // What a Catch node gets is not logged: errors of cameras are.
    flowNode('catch', 'catch', { scope: isapi.map(({ id }) => id), wires: [['sink']] }),
    flowNode('statuses', 'status', { scope: null, wires: [['sink']] }),
    flowNode('sink', 'function', { func: 'return null;', wires: [] }),
  ];
}
