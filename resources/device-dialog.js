// What the dialogs of devices have in common. Everything a device says is text and never HTML: anyone on the network can
// say it.
(() => {
  /** Asks a route of ours; the `button` is off meanwhile. What cannot be asked is told like any other problem. */
  function ask(route, form, answered, button = $()) {
    button.prop('disabled', true);
    const refused = ({ status }) => (status === 401 || status === 403 ? 'NO_PERMISSION' : 'NO_ANSWER');
    $.ajax({
      url: `camera-alarms/${route}`,
      type: 'POST',
      contentType: 'application/json; charset=utf-8',
      data: JSON.stringify(form),
      timeout: 120_000,
    })
      .done(answered)
      .fail((failure) => answered({ ok: false, code: refused(failure), message: '', detail: '' }))
      .always(() => button.prop('disabled', false));
  }

  /** Why something cannot be done. @param say words of the dialog, for what is not the same for every device */
  function problem({ code, message, detail }, say) {
    const key = `problem.${code}`;
    const usual = RED._(`@camera-alarms/node-red-camera-alarms/isapi-device:${key}`, {
      defaultValue: message,
    });
    const words = say === undefined ? usual : say(key, { defaultValue: usual });
    return $('<div class="form-tips form-warning">')
      .css({ maxWidth: 'none' })
      .text(`${words} ${detail}`.trim());
  }

  const CHOICE = {
    display: 'block',
    width: '100%',
    height: 'auto',
    margin: '0 0 4px',
    padding: '4px 8px',
    textAlign: 'left',
    lineHeight: '1.4',
  };

  /**
   * Searches the network, and lists what is found: `read` gives the title and the lines of one, `chosen` is called with
   * the one that was clicked.
   */
  function discover({ route, button, list, say, read, chosen }) {
    const line = (text) => $('<div style="overflow: hidden; text-overflow: ellipsis">').text(text);
    const choice = (device) => {
      const { title, lines } = read(device);
      const element = $('<button type="button" class="red-ui-button camera-alarms-found">').css(CHOICE);
      element.append(line(title).css({ fontWeight: 'bold' }), lines.map(line));
      return element.on('click', () => {
        chosen(device);
        list.hide();
      });
    };
    list.empty().text(say('discover.searching')).show();
    const show = (answer) => {
      list.empty();
      if (!answer.ok) list.append(problem(answer, say));
      else if (answer.devices.length === 0) list.text(say('discover.none'));
      else list.append(answer.devices.map(choice));
    };
    ask(route, {}, show, button);
  }

  globalThis.cameraAlarms ??= {};
  globalThis.cameraAlarms.device = { ask, problem, discover };
})();
