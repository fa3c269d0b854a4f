/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The filter; all else works without a script. Its state is kept in the address as
   #filter=fail,error&text=word, so that a filtered view can be shared as a link. */
(() => {
  'use strict';
  const form = document.getElementById('filter');
  const boxes = [...form.querySelectorAll('input[type=checkbox]')];
  const search = form.querySelector('input[type=search]');
  const status = form.querySelector('output');
  /* A row of rules by probes is about the probes in its table's head as well. */
  const words = (element) =>
    element.textContent + (element.closest('table[data-group]')?.tHead.textContent ?? '');
  const items = [...document.querySelectorAll('[data-v]')].map((element) => ({
    element,
    verdicts: element.dataset.v.split(' '),
    text: words(element).toLowerCase(),
  }));
  const groups = [...document.querySelectorAll('[data-group]')];
  const sections = [...document.querySelectorAll('main > section')]
    .filter((section) => section.querySelector('[data-v]'));
  const counts = [...document.querySelectorAll('.counts li')].map((element) => ({
    number: element.querySelector('b'),
    all: element.querySelector('b').textContent,
    verdict: element.querySelector('.verdict').classList[1],
  }));
  const folded = new Set(groups.filter((group) => 'open' in group && !group.open));

  function apply() {
    const chosen = new Set(boxes.filter((box) => box.checked).map((box) => box.value));
    const word = search.value.trim().toLowerCase();
    const active = chosen.size < boxes.length || word !== '';
    const rules = { shown: 0, all: 0 };
    const shown = {};

    for (const { element, verdicts, text } of items) {
      element.hidden = active && !(verdicts.some((v) => chosen.has(v)) && text.includes(word));
      if (element.localName === 'article') {
        rules.all += 1;
        rules.shown += element.hidden ? 0 : 1;
        shown[verdicts[0]] = (shown[verdicts[0]] ?? 0) + (element.hidden ? 0 : 1);
      }
    }
    for (const group of groups) {
      const shows = group.querySelector('[data-v]:not([hidden])') !== null;
      group.hidden = active && !shows && group.localName !== 'section';
      if (folded.has(group)) {
        group.open = active && shows;
      }
    }
    for (const section of sections) {
      const empty = active && section.querySelector('[data-v]:not([hidden])') === null;
      section.querySelector(':scope > .nothing')?.remove();
      if (empty) {
        const note = document.createElement('p');
        note.className = 'nothing facts';
        note.textContent = 'Nothing here is shown by the filter.';
        section.querySelector('h2').after(note);
      }
    }
    for (const { number, all, verdict } of counts) {
      number.textContent = active ? `${shown[verdict] ?? 0} of ${all}` : all;
    }
    status.textContent = active ? `${rules.shown} of ${rules.all} rules shown` : '';
    return active;
  }

  function remember() {
    const chosen = boxes.filter((box) => box.checked).map((box) => box.value);
    const parts = [];

    if (chosen.length < boxes.length) {
      parts.push(`filter=${chosen.join(',')}`);
    }
    if (search.value !== '') {
      parts.push(`text=${encodeURIComponent(search.value)}`);
    }
    history.replaceState(null, '', parts.length ? `#${parts.join('&')}` : location.pathname);
  }

  function showAll() {
    boxes.forEach((box) => { box.checked = true; });
    search.value = '';
    apply();
  }

  /* A link to something folded or filtered away has to lead there all the same. */
  function reveal(target) {
    if (target.closest('[hidden]')) {
      showAll();
    }
    for (let element = target; element; element = element.parentElement) {
      if (element.localName === 'details') {
        element.open = true;
      }
    }
    target.scrollIntoView();
  }

  function follow() {
    const wanted = new URLSearchParams(location.hash.slice(1));
    const target = document.getElementById(location.hash.slice(1));

    if (target) {
      reveal(target);
    } else if (wanted.has('filter') || wanted.has('text')) {
      const verdicts = (wanted.get('filter') ?? '').split(',');
      boxes.forEach((box) => { box.checked = !wanted.has('filter') || verdicts.includes(box.value); });
      search.value = wanted.get('text') ?? '';
      apply();
    }
  }

  form.addEventListener('input', () => { apply(); remember(); });
  form.addEventListener('submit', (event) => event.preventDefault());
  form.addEventListener('reset', (event) => { event.preventDefault(); showAll(); remember(); });
  addEventListener('hashchange', follow);
  addEventListener('beforeprint', () => {
    /* Scenarios in which all holds stay as they are: they would be some two hundred pages. */
    document.querySelectorAll('details:not(.holds)').forEach((details) => { details.open = true; });
  });
  form.hidden = false;
  follow();
})();
