import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { closeBrowser, type Editor, openEditor, openNode, settled } from '../support/editor.js';
import { freePort, type NodeRed, startNodeRed } from '../support/node-red.js';
import { OWN_ADDRESSES } from '../support/own-addresses.js';
import { SECRET } from '../support/secrets.js';

describe('the dialogs of nodes that receive alarms', () => {
  let nodeRed: NodeRed;
  let editor: Editor;
  let port: number;

  before(async () => {
    port = await freePort();
    const node = (id: string, type: string, y: number, values: object) => ({
      id,
      type,
      z: 'tab',
      x: 200,
      y,
      wires: [[], []],
      ...values,
    });
    nodeRed = await startNodeRed({
      flows: [
        { id: 'tab', type: 'tab', label: 'Flow' },
        { id: 'open', type: 'alarm-listener', host: '0.0.0.0', port: String(port), auth: 'none' },
        {
          id: 'own',
          type: 'alarm-listener',
          host: '127.0.0.1',
          port: String(await freePort()),
          auth: 'digest',
        },
        node('one', 'http-push-in', 100, {
          listener: 'open',
          path: '/push',
          pairing: 'time',
          endAfter: '10',
        }),
        node('two', 'http-push-in', 160, { listener: 'own', path: '/push/' }),
        node('three', 'vstarcam-alarm-in', 220, { listener: 'open', path: '/vstarcam' }),
      ],
      credentials: {
        open: { secret: SECRET },
        own: { secret: SECRET, username: 'device', password: 'example-9k2' },
      },
    });
    editor = await openEditor(nodeRed.port, { height: 1200 });
  });
  after(async () => {
    await editor?.close();
    await closeBrowser();
    await nodeRed?.stop();
  });

  /** Opens one dialog, and closes it afterwards. */
  const within = async (index: number, action: () => Promise<void>) => {
    await openNode(editor.page, index);
    await settled(editor.page);
    await action();
    await editor.page.click('#node-dialog-cancel');
    await editor.page.waitForSelector('#node-dialog-ok', { state: 'detached' });
    await settled(editor.page);
  };
  /** Waits until a place in the dialog says so: what is stored has to be asked for. */
  const shows = (place: string, text: string) =>
    editor.page.waitForFunction(`$('#camera-alarms-${place}').text() === ${JSON.stringify(text)}`);

  it('say what to type into a recorder that finds the listener at every address of this machine', () =>
    within(0, async () => {
      await shows('url', `${SECRET}/push`);
      await shows(
        'address',
        OWN_ADDRESSES.length > 0 ? OWN_ADDRESSES.join(' / ') : 'the address of this machine',
      );
      await shows('port', String(port));
      await shows('login', 'leave empty');
    }));

  it('say what to type where the listener has an address and a login of its own', () =>
    within(1, async () => {
      await shows('url', `${SECRET}/push`);
      await shows('address', '127.0.0.1');
      await shows('login', 'those of the listener');
    }));

  it('give a VStarcam camera one address for all of its fields', () =>
    within(2, async () => {
      const hosts = OWN_ADDRESSES.length > 0 ? OWN_ADDRESSES : ['the address of this machine'];
      await shows('url', hosts.map((host) => `http://${host}:${port}/${SECRET}/vstarcam`).join(' / '));
    }));

  it('say that a path, a zone or a time cannot be, and ask how long to wait only where that counts', () =>
    within(0, async () => {
      const { page } = editor;
      for (const [field, wrong, right] of [
        ['path', '/a b', '/push'],
        ['timezone', 'Europe/Warsav', 'Europe/Warsaw'],
        ['timezone', '+1', '+01:00'],
        ['endAfter', '0', '1'],
      ] as const) {
        const input = page.locator(`#node-input-${field}`);
        for (const [text, isWrong] of [
          [wrong, true],
          [right, false],
        ] as const) {
          await input.fill(text);
          await input.blur();
          const classes = (await input.getAttribute('class')) ?? '';
          assert.equal(/input-error/.test(classes), isWrong, `${field} ${text}`);
        }
      }
      const zones = await page
        .locator('#camera-alarms-zones option')
        .evaluateAll((all) => all.map((each) => (each as unknown as { value: string }).value));
      assert.equal(zones[0], 'local');
      assert.ok(zones.includes('Europe/Warsaw'));
      for (const [pairing, asked] of [
        ['off', false],
        ['time', true],
        ['device', false],
      ] as const) {
        await page.selectOption('#node-input-pairing', pairing);
        assert.equal(await page.locator('#camera-alarms-end-after').isVisible(), asked, pairing);
      }
    }));

  it('had no script error and no failed request', () => {
    assert.deepEqual(editor.problems, []);
  });
});
