// A grid of seven days with 48 half hours each, painted by dragging or with the keyboard.
(() => {
  const COLUMNS = 48;
  const PRESETS = {
    always: '',
    nights: { from: '22:00', to: '06:00', days: ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'] },
    weekend: { from: '00:00', to: '24:00', days: ['sat', 'sun'] },
    clear: { days: [] },
  };
  const presetText = ({ from, to, days }) =>
    JSON.stringify(Object.fromEntries(days.map((day) => [day, [[from, to]]])));
  const half = (column) => `${String(Math.floor(column / 2)).padStart(2, '0')}:${column % 2 ? '30' : '00'}`;

  /** Names of the days from Monday, in the language of the editor. */
  function dayNames(weekday) {
    const format = new Intl.DateTimeFormat(RED.i18n.lang(), { weekday, timeZone: 'UTC' });
    return globalThis.cameraAlarms.week.DAYS.map((_, day) =>
      format.format(new Date(Date.UTC(2024, 0, 1 + day))),
    );
  }

  /** The cells of the rectangle between two of them. */
  function between(one, other) {
    const range = (first, second) => [Math.min(first, second), Math.max(first, second)];
    const [top, bottom] = range(Math.floor(one / COLUMNS), Math.floor(other / COLUMNS));
    const [left, right] = range(one % COLUMNS, other % COLUMNS);
    const inside = [];
    for (let row = top; row <= bottom; row++)
      for (let column = left; column <= right; column++) inside.push(row * COLUMNS + column);
    return inside;
  }

  /**
   * Shows and paints the schedule that `field` holds as text. The text stays as it is until something is painted.
   * `say` gives the texts below `schedule`.
   */
  function weekPicker(field, place, say) {
    const { week } = globalThis.cameraAlarms;
    const long = dayNames('long');
    const short = dayNames('short');
    const buttons = $('<div class="camera-alarms-week-presets">');
    const table = $('<table class="camera-alarms-week" role="grid">').attr('aria-label', say('grid'));
    const words = $('<div class="camera-alarms-week-words" role="status">');
    place.append(buttons, table, words);

    const set = (text) => field.val(text).trigger('change');
    const preset = (name) =>
      $('<button type="button" class="red-ui-button red-ui-button-small">')
        .attr('data-preset', name)
        .text(say(name));
    buttons.append(
      Object.entries(PRESETS).map(([name, value]) =>
        preset(name).on('click', () => set(value && presetText(value))),
      ),
    );

    const hours = $('<tr>').append('<td>');
    for (let hour = 0; hour < 24; hour += 3)
      hours.append($('<th scope="col" colspan="6">').text(half(hour * 2)));
    table.append($('<thead aria-hidden="true">').append(hours));
    const cells = [];
    const body = $('<tbody>').appendTo(table);
    short.forEach((name, row) => {
      const day = $('<button type="button">')
        .text(name)
        .attr('aria-label', say('wholeDay', { day: long[row] }));
      day.on('click', () => toggle(between(row * COLUMNS, row * COLUMNS + COLUMNS - 1)));
      const line = $('<tr role="row">')
        .append($('<th scope="row" role="rowheader">').append(day))
        .appendTo(body);
      for (let column = 0; column < COLUMNS; column++) {
        const cell = $('<td role="gridcell" tabindex="-1">').attr('data-cell', cells.length).appendTo(line);
        cells.push(cell);
      }
    });
    cells[0].attr('tabindex', 0);

    const current = () => week.read(field.val());
    const change = (now, painted, on) => set(week.write(week.paint(now, painted, on)));

    /** Turns cells on, or off when all of them were on. */
    function toggle(painted) {
      const now = current();
      if (now === undefined) return;
      const states = week.cells(now);
      change(now, painted, !painted.every((cell) => states[cell] === 'on'));
    }

    function show() {
      const now = current();
      table
        .toggleClass('camera-alarms-week-unknown', now === undefined)
        .attr('aria-disabled', now === undefined);
      const states = now === undefined ? cells.map(() => 'off') : week.cells(now);
      cells.forEach((cell, index) => {
        const column = index % COLUMNS;
        const when = `${long[Math.floor(index / COLUMNS)]} ${half(column)}–${half(column + 1)}`;
        const state = states[index];
        cell.attr({
          'data-state': state,
          'aria-selected': state === 'on',
          'aria-label': state === 'part' ? say('partly', { when }) : when,
        });
      });
      const text = field.val().trim();
      if (now === undefined) words.text(/\$\{/.test(text) ? say('fromOutside', { text }) : say('unreadable'));
      else words.text(text === '' ? say('always') : week.words(now, short, say('everyDay')) || say('never'));
    }

    function focus(index) {
      for (const cell of cells) cell.attr('tabindex', -1);
      cells[index].attr('tabindex', 0).trigger('focus');
    }

    table.on('pointerdown', 'td[data-cell]', (event) => {
      const before = current();
      if (before === undefined || event.button !== 0) return;
      event.preventDefault();
      const start = Number(event.currentTarget.dataset.cell);
      const on = week.cells(before)[start] !== 'on';
      focus(start);
      const drag = (index) => change(before, between(start, index), on);
      drag(start);
      const namespace = '.cameraAlarmsWeek';
      $(document).on(`pointermove${namespace}`, ({ clientX, clientY }) => {
        const cell = document.elementFromPoint(clientX, clientY)?.closest('td[data-cell]');
        if (cell && $.contains(table[0], cell)) drag(Number(cell.dataset.cell));
      });
      $(document).on(`pointerup${namespace} pointercancel${namespace}`, () => $(document).off(namespace));
    });

    const STEPS = { ArrowLeft: -1, ArrowRight: 1, ArrowUp: -COLUMNS, ArrowDown: COLUMNS };
    table.on('keydown', 'td[data-cell]', (event) => {
      const at = Number(event.currentTarget.dataset.cell);
      if (event.key === ' ') toggle([at]);
      else if (event.key in STEPS) {
        const next = at + STEPS[event.key];
        if (next >= 0 && next < cells.length) focus(next);
      } else return;
      event.preventDefault();
    });

    field.on('change keyup', show);
    show();
  }

  globalThis.cameraAlarms ??= {};
  globalThis.cameraAlarms.weekPicker = weekPicker;
})();
