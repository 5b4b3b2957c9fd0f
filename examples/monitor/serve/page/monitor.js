// Asks for the state each second and shows it.  Nothing is worked out here: the
// numbers are those of state.json.
'use strict';
window.addEventListener('error', function () {
  const body = document.body;
  body.dataset.errors = Number(body.dataset.errors || 0) + 1;
});

const SEEN = 1000, HIDDEN = 10000; // between polls, ms
const SILENT = 3000; // from when on silence is told, ms
const TIMEOUT = 5000; // of a request, ms
const CHART = 2000; // between charts, ms
const WIDE = 600; // from which width on a chart is a wide one, px

let answered = performance.now();
let failed = false;
let asking = false;
let timer = 0;
let charted = -Infinity;
let drawing = false;
let shown = ''; // the pictures

function find(id) {
  return document.getElementById(id);
}

// Names are strangers' words: what is not printable is told by its number, as
// everywhere else, but for the joiners that some scripts need.
const UNPRINTABLE =
    /(?![\u200c\u200d])[\p{C}\p{Zl}\p{Zp}]/gu;

function printable(text) {
  return String(text).replace(UNPRINTABLE, function (found) {
    const code = found.codePointAt(0);
    const size = code < 0x80 ? 2 : code < 0x10000 ? 4 : 8;
    return '\\' + { 2: 'x', 4: 'u', 8: 'U' }[size]
        + code.toString(16).padStart(size, '0');
  });
}

// Only what changed, so that nothing is read out or selected away each second.
function say(element, words) {
  const text = printable(words);
  if (element.textContent !== text)
    element.textContent = text;
}

function make(name, text, attributes) {
  const element = document.createElement(name);
  if (text !== undefined)
    element.textContent = printable(text);
  Object.assign(element, attributes || {});
  return element;
}

// Replaces what is in an element, unless it is the same.
function fill(parent, children) {
  const next = parent.cloneNode(false);
  next.append(...children);
  if (next.innerHTML !== parent.innerHTML)
    parent.replaceChildren(...next.childNodes);
}

function number(value) {
  return value === null ? '\u2013' : String(Number(value.toPrecision(4)));
}

function full(seconds) {
  return new Date(seconds * 1000).toLocaleString();
}

// The day only where it is another one.
function clock(seconds, now) {
  const then = new Date(seconds * 1000);
  return then.toDateString() === new Date(now * 1000).toDateString()
    ? then.toLocaleTimeString() : then.toLocaleString();
}

function lasted(seconds) {
  const all = Math.max(Math.round(seconds), 0);
  const minutes = Math.floor(all / 60);
  return minutes ? minutes + ' min ' + all % 60 + ' s' : all + ' s';
}

function valued(key, text) {
  const element = make('dd', text);
  element.dataset.key = key;
  return element;
}

function facts(stream, state) {
  const rows = [];
  function add(name, key, value, unit) {
    const row = make('div');
    row.append(make('dt', name), valued(key, number(value) + (unit || '')));
    if (value !== null)
      rows.push(row);
  }
  for (const column of stream.columns.slice(1))
    add(column.name, 'column', column.last);
  add('mean of the window', 'mean', stream.window.mean);
  add('95 % at most', 'p95', stream.window.p95);
  add('largest', 'max', stream.window.max);
  if (state.encoders)
    add('rate', 'kbits', stream.kbits, ' kbit/s');
  add('lag', 'lag', stream.lag, ' s');
  add('offset', 'offset', stream.sync_offset, ' s');
  return rows;
}

function card(stream, state) {
  const article = make('article');
  const now = make('p', undefined, { className: 'now' });
  const value = make('b',
    number(stream.columns.length ? stream.columns[0].last : null));
  const list = make('dl');
  value.dataset.key = 'last';
  now.append(value, ' ' + state.metric);
  list.append(...facts(stream, state));
  article.append(make('h2', stream.label), now);
  for (const [kind, alert] of Object.entries(stream.alerts)) {
    if (alert.active)
      article.append(make('span', kind, { className: 'active' }));
  }
  if (list.children.length)
    article.append(list);
  article.classList.toggle('down', !stream.up);
  return article;
}

function alertRow(alert, state) {
  const row = make('tr');
  const begin = make('time', clock(alert.begin, state.now),
    { dateTime: new Date(alert.begin * 1000).toISOString() });
  const stream = state.streams[alert.stream];
  const first = make('td');
  first.append(begin);
  row.append(first, make('td', alert.words));
  if (state.streams.length > 1)
    row.append(make('td', alert.kind !== 'lost' && stream ? stream.label : ''));
  row.append(alert.end === null
    ? make('td', 'still, ' + lasted(state.now - alert.begin),
      { className: 'lasting' })
    : make('td', lasted(alert.end - alert.begin)));
  row.append(make('td', number(alert.value)));
  row.dataset.sequence = alert.sequence;
  return row;
}

function countRow(name, counts) {
  const row = make('tr');
  row.append(make('th', name));
  for (const count of counts) {
    const cell = make('td', String(count));
    cell.dataset.count = name;
    row.append(cell);
  }
  return row;
}

function countRows(state) {
  const of = function (choose) { return state.streams.map(choose); };
  const rows = [];
  if (state.streams.length > 1) {
    const row = make('tr');
    row.append(make('th'));
    for (const stream of state.streams)
      row.append(make('th', stream.label));
    rows.push(row);
  }
  for (const [name, key] of [['pairs measured', 'measured'],
    ['pairs skipped, metric busy', 'skipped'],
    ['pairs not selected', 'unselected'], ['frozen pairs', 'frozen'],
    ['black pairs', 'black'], ['misaligned pairs', 'misaligned'],
    ['unsure pairs', 'unsure'],
    ['late frames', 'late'], ['gaps', 'gaps']])
    rows.push(countRow(name, of(function (s) { return s[key]; })));
  rows.push(countRow('reference frames without a partner',
    of(function (s) { return s.unmatched.reference; })));
  rows.push(countRow('distorted frames without a partner',
    of(function (s) { return s.unmatched.distorted; })));
  for (const [reason, count] of Object.entries(state.connections)) {
    if (count)
      rows.push(countRow('connections ended: ' + reason, [count]));
  }
  if (state.hook_failures)
    rows.push(countRow('hook failures', [state.hook_failures]));
  if (state.log_failures)
    rows.push(countRow('log failures', [state.log_failures]));
  return rows;
}

// A picture takes another's place once it is there.
function swap(image, source, done) {
  const next = new Image();
  next.onload = function () { image.src = next.src; done(true); };
  next.onerror = function () { done(false); };
  next.src = source;
}

function showChart(state) {
  const image = find('chart').querySelector('img');
  const width = find('chart').clientWidth < WIDE ? 'narrow' : 'wide';
  if (drawing || document.hidden || performance.now() - charted < CHART)
    return;
  drawing = true;
  charted = performance.now();
  swap(image, 'chart.svg?width=' + width + '&now=' + state.now,
    function () { drawing = false; });
}

function showWorst(state) {
  const worst = state.worst;
  find('worst').hidden = worst === null;
  if (worst === null)
    return;
  const stream = state.streams[worst.stream];
  say(find('worst-words'), [state.metric + ' ' + number(worst.distance),
    clock(worst.time, state.now),
    state.streams.length > 1 && stream ? stream.label : '']
    .filter(Boolean).join(' \u00b7 '));
  const pictures = state.started + '-' + worst.sequence;
  if (shown === pictures)
    return;
  shown = pictures;
  for (const image of document.querySelectorAll('[data-picture]'))
    swap(image, 'worst/' + image.dataset.picture + '.jpg?n=' + pictures,
      function (there) { image.parentNode.hidden = !there; });
}

function phaseOf(state) {
  const alarmed = state.streams.some(function (stream) {
    return Object.values(stream.alerts).some(function (alert) {
      return alert.active; }); });
  return !state.healthy ? state.phase : alarmed ? 'alarmed' : 'healthy';
}

function show(state) {
  const phase = phaseOf(state);
  document.body.dataset.phase = phase;
  document.title = (phase === 'healthy' ? '' : '\u26a0 ') + printable(state.name);
  say(find('name'), state.name);
  say(find('state'), state.state);
  say(find('reason'), state.reason || '');
  fill(find('streams'), state.streams.map(function (stream) {
    return card(stream, state); }));
  find('alerts').hidden = !state.alerts.length;
  find('no-alerts').hidden = state.alerts.length > 0;
  find('alerts').querySelectorAll('th')[2].hidden = state.streams.length < 2;
  fill(find('alerts').tBodies[0], state.alerts.map(function (alert) {
    return alertRow(alert, state); }));
  fill(find('counts').tBodies[0], countRows(state));
  say(find('about'), 'gst-perceptual ' + state.version + ', kernels '
    + state.kernels + ', connection ' + state.connection + ', since '
    + full(state.started) + '.');
  showWorst(state);
  showChart(state);
}

function tellSilence() {
  const silent = performance.now() - answered;
  const told = silent >= SILENT && (failed || asking);
  document.body.toggleAttribute('data-silent', told);
  find('silence').hidden = !told;
  if (told)
    say(find('silence'), 'no answer for ' + Math.round(silent / 1000) + ' s');
}

async function poll() {
  if (asking)
    return;
  asking = true;
  clearTimeout(timer);
  try {
    const answer = await fetch('state.json', { cache: 'no-store',
      signal: AbortSignal.timeout(TIMEOUT) });
    if (!answer.ok)
      throw new Error(answer.status);
    const state = await answer.json();
    answered = performance.now();
    failed = false;
    show(state);
  } catch {
    failed = true; // tellSilence() tells it
  }
  asking = false;
  tellSilence();
  timer = setTimeout(poll, document.hidden ? HIDDEN : SEEN);
}

document.addEventListener('visibilitychange', function () {
  if (!document.hidden)
    poll();
});
setInterval(tellSilence, 1000);
poll();
document.body.dataset.errors = document.body.dataset.errors || 0;
