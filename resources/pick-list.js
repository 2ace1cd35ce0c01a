// Things to click below a text field that holds a comma list. What devices say is text and never HTML.
(() => {
  const listOf = (text) =>
    text
      .split(',')
      .map((value) => value.trim())
      .filter(Boolean);
  const same = (one, other) => one.toLowerCase() === other.toLowerCase();

  /** A choice of its own; a click adds its value to the list of `field` or takes it out. Other values stay. */
  function chip(field, { value, label, count, detail }) {
    const button = $('<button type="button" class="camera-alarms-chip">').attr({
      title: value,
      'data-value': value,
    });
    button.append($('<i class="fa" aria-hidden="true">'), $('<span>').text(label));
    if (detail) button.append($('<small>').text(detail));
    if (count) button.append($('<small class="camera-alarms-count">').text(count));
    button.on('click', () => {
      const list = listOf(field.val());
      const without = list.filter((each) => !same(each, value));
      field.val((without.length < list.length ? without : [...list, value]).join(', ')).trigger('change');
    });
    const show = () => {
      const chosen = listOf(field.val()).some((each) => same(each, value));
      button.attr('aria-pressed', chosen);
      button.find('i').toggleClass('fa-check', chosen).toggleClass('fa-plus', !chosen);
    };
    field.on('change keyup', show);
    show();
    return button;
  }

  /**
   * Shows choices in `place`; those that are `far` and not chosen wait behind a button named `more`.
   * A choice is `{ value, label, count?, detail?, group?, far? }`; those of one `group` stand together under its name.
   */
  function pickList(field, place, choices, more) {
    const chosen = listOf(field.val());
    const isNear = ({ value, far }) => !far || chosen.some((each) => same(each, value));
    // A comma would make two of it.
    const sound = choices.filter(({ value }) => !value.includes(','));
    place.empty();
    for (const group of new Set(sound.map((choice) => choice.group))) {
      const members = sound.filter((choice) => choice.group === group);
      const row = $('<div role="group">').appendTo(place);
      if (group) row.attr('aria-label', group).append($('<b>').text(group));
      row.append(members.filter(isNear).map((choice) => chip(field, choice)));
      const far = members.filter((choice) => !isNear(choice));
      if (far.length === 0) continue;
      const button = $('<button type="button" class="camera-alarms-chip camera-alarms-more">')
        .text(more)
        .appendTo(row);
      button.on('click', () => {
        const rest = far.map((choice) => chip(field, choice));
        button.replaceWith(rest);
        rest[0].trigger('focus');
      });
    }
  }

  globalThis.cameraAlarms ??= {};
  globalThis.cameraAlarms.pickList = pickList;
  globalThis.cameraAlarms.listOf = listOf;
})();
