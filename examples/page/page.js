// Nothing here is needed to read the page.
'use strict';
window.addEventListener('error', function () {
  const body = document.body;
  body.dataset.errors = Number(body.dataset.errors || 0) + 1;
});

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
document.body.dataset.errors = document.body.dataset.errors || 0;
