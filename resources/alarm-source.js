// What all nodes that receive alarms have in common in the editor. `say` gives the texts of the node.
(() => {
  /** How the node looks in the palette and on the workspace. */
  const look = (say) => ({
    category: 'camera alarms',
    color: '#DEBD5C',
    inputs: 0,
    outputs: 2,
    outputLabels: (index) => say(index === 0 ? 'output.alarms' : 'output.state'),
    icon: 'camera-alarm.svg',
    paletteLabel: () => say('label.palette'),
    label: function () {
      return this.name || say('label.palette');
    },
    labelStyle: function () {
      return this.name ? 'node_label_italic' : '';
    },
  });

  /** Passes what holds; else says why it cannot be. */
  const check = (say, name, holds) => (value, options) =>
    holds(value) || (options ? say(`invalid.${name}`) : false);

  /** Setting: below which path of the listener it receives. @param usual unless another one is typed */
  const path = (say, usual) => ({
    value: usual,
    required: true,
    validate: check(say, 'path', (value) => /^\/?[\w.~-]+(\/[\w.~-]+)*\/?$/.test(value)),
  });

  /** Setting: after how many seconds without an alarm one is over. */
  const endAfter = (say, least) => ({
    value: '10',
    validate: check(say, 'endAfter', (value) => value === undefined || value >= least),
  });

  /** Shows the settings of starts and ends, and how long to wait only where that counts. */
  function showPairing() {
    const pairing = $('#node-input-pairing');
    // A flow without the setting gets every event.
    if (!pairing.val()) pairing.val('off');
    const showWait = () => $('#camera-alarms-end-after').toggle(pairing.val() === 'time');
    pairing.on('change', showWait);
    showWait();
  }

  /** The chosen listener, whose address is shown in the dialog; undefined while there is none. */
  function chosenListener() {
    const listener = RED.nodes.node($('#node-input-listener').val());
    $('#camera-alarms-target').toggle(Boolean(listener));
    $('#camera-alarms-no-listener').toggle(!listener);
    return listener ?? undefined;
  }

  /** Gives the secret of a listener: as it was typed just now, else as it is stored. */
  function withSecret({ id, credentials }, use) {
    if (credentials?.secret !== undefined) use(credentials.secret);
    else $.getJSON(`credentials/alarm-listener/${id}`, ({ secret }) => use(secret));
  }

  const isAnyHost = (host) => host === '0.0.0.0' || host === '::';

  /** Gives where devices find a listener: at its own address, else at those of this machine, as far as they are known. */
  function withHosts({ host }, use) {
    if (isAnyHost(host)) $.getJSON('camera-alarms/addresses', (all) => all.length > 0 && use(all));
    else use([host]);
  }

  globalThis.cameraAlarms ??= {};
  globalThis.cameraAlarms.source = {
    look,
    path,
    endAfter,
    showPairing,
    chosenListener,
    withSecret,
    isAnyHost,
    withHosts,
  };
})();
