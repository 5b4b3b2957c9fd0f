// Nothing here is needed to read the page.
'use strict';
window.addEventListener('error', function () {
  const body = document.body;
  body.dataset.errors = Number(body.dataset.errors || 0) + 1;
});

for (const hint of document.querySelectorAll('.hint'))
  hint.hidden = false;

// While a picture is pressed, the next one is shown in its place.
for (const row of document.querySelectorAll('.pictures')) {
  const images = Array.from(row.querySelectorAll('img'));
  if (images.length < 2)
    continue;
  row.classList.add('flicker');
  images.forEach(function (image, i) {
    const own = image.src;
    const other = images[(i + 1) % images.length].src;
    image.title = 'Press to see the picture beside it in this place';
    image.draggable = false;
    image.addEventListener('pointerdown', function (event) {
      event.preventDefault();
      image.src = other;
    });
    for (const end of ['pointerup', 'pointerleave', 'pointercancel'])
      image.addEventListener(end, function () { image.src = own; });
  });
}

// Below a chart the values at the place that is pointed at are told.
for (const data of document.querySelectorAll('.chart > .readout'))
  addReadout(data.parentNode, JSON.parse(data.textContent).panels);

function addReadout(chart, panels) {
  const svg = chart.querySelector('svg');
  const output = chart.appendChild(document.createElement('output'));
  let drawn = [];

  function draw(name, attributes) {
    const node = document.createElementNS('http://www.w3.org/2000/svg', name);
    for (const [key, value] of Object.entries(attributes))
      node.setAttribute(key, value);
    drawn.push(svg.appendChild(node));
  }

  function show(event) {
    const frame = svg.getBoundingClientRect();
    const scale = svg.viewBox.baseVal.width / frame.width;
    const at = [(event.clientX - frame.left) * scale,
      (event.clientY - frame.top) * scale];
    const panel = event.type !== 'pointerleave'
      && panels.find(function (p) { return isInside(p.box, at); });
    drawn.forEach(function (node) { node.remove(); });
    drawn = [];
    if (!panel)
      output.textContent = 'Point at the chart to read values.';
    else if (panel.across)
      output.textContent = tellAcross(panels.filter(function (p) {
        return isBelow(p, panel); }), at[0], draw);
    else
      output.textContent = tellPoint(panel, at, draw);
  }

  for (const type of ['pointermove', 'pointerdown', 'pointerleave'])
    svg.addEventListener(type, show);
  show(new Event('pointerleave'));
}

function isInside([left, top, width, height], [x, y]) {
  return x >= left - 4 && x <= left + width + 4
    && y >= top - 4 && y <= top + height + 4;
}

// Whether two panels have one x axis.
function isBelow(one, other) {
  return one.across && one.box[0] === other.box[0]
    && one.box[2] === other.box[2] && one.x.low === other.x.low
    && one.x.high === other.x.high;
}

function part(axis, value) {
  return axis.log ? Math.log(value / axis.low) / Math.log(axis.high / axis.low)
    : (value - axis.low) / (axis.high - axis.low);
}

// In the picture.
function place(panel, point) {
  const [left, top, width, height] = panel.box;
  return [left + part(panel.x, point.x) * width,
    top + (1 - part(panel.y, point.y)) * height];
}

function format(axis, value) {
  if (!axis.times)
    return String(Number(value.toPrecision(4)));
  const rest = Math.abs(value) % 60;
  return (value < 0 ? '-' : '') + Math.floor(Math.abs(value) / 60) + ':'
    + (rest < 10 ? '0' : '') + rest.toFixed(2);
}

function name(axis, values) {
  const title = axis.times ? axis.title.split(',')[0] : axis.title;
  return (title + ' ' + values.map(function (value) {
    return format(axis, value); }).join(' to ')).trim();
}

// The point of a series that is nearest.
function nearest(panel, series, distance) {
  let best = { far: Infinity };
  series.y.forEach(function (y, i) {
    const x = panel.steps ? (series.x[i] + series.x[i + 1]) / 2 : series.x[i];
    const far = y === null ? Infinity : distance(place(panel, { x, y }));
    if (far < best.far)
      best = { series, i, far, x, y };
  });
  return best;
}

function ring(draw, panel, point) {
  const [cx, cy] = place(panel, point);
  draw('circle', { cx, cy, r: 4, fill: 'none', stroke: '#222' });
}

// Whether a point stands for the place beside it: there is no gap between.
function reaches(panel, point, at) {
  const side = place(panel, point)[0] < at ? 1 : -1;
  const other = point.series && point.series.y[point.i + side];
  return point.far < 3 || (other !== undefined && other !== null);
}

function tellAcross(panels, at, draw) {
  const words = [];
  for (const panel of panels) {
    const told = [];
    draw('path', { d: 'M' + at + ' ' + panel.box[1] + 'v' + panel.box[3],
      stroke: '#888' });
    for (const series of panel.series) {
      const point = nearest(panel, series,
        function (found) { return Math.abs(found[0] - at); });
      if (!point.series || !reaches(panel, point, at))
        continue;
      ring(draw, panel, point);
      if (!words.length)
        words.push(name(panel.x, panel.steps
          ? series.x.slice(point.i, point.i + 2) : [point.x]));
      told.push((series.label + ' ' + format(panel.y, point.y)).trim());
    }
    if (told.length)
      words.push((panel.y.title && panel.y.title + ': ') + told.join(', '));
  }
  return words.join(' \u00b7 ') || 'no value here';
}

function tellPoint(panel, [x, y], draw) {
  const best = panel.series.map(function (series) {
    return nearest(panel, series,
      function (found) { return Math.hypot(found[0] - x, found[1] - y); });
  }).sort(function (a, b) { return a.far - b.far; })[0];
  if (!best || !best.series)
    return 'no value here';
  ring(draw, panel, best);
  return [best.series.label, best.series.names && best.series.names[best.i],
    name(panel.x, [best.x]), name(panel.y, [best.y])]
    .filter(Boolean).join(' \u00b7 ');
}

document.body.dataset.errors = document.body.dataset.errors || 0;
