// Brushing: a drag over the columns chooses the time from the first to the last of them.
const chart = document.getElementById("timeline");
const form = document.getElementById("span");

if (chart) {
  const columns = [...chart.querySelectorAll("a[data-since]")];
  const brush = document.getElementById("brush");
  let from = null;
  let dragged = false;

  const at = ({ clientX }) => {
    const box = chart.getBoundingClientRect();
    const column = Math.floor(((clientX - box.left) / box.width) * chart.viewBox.baseVal.width);
    return Math.max(0, Math.min(columns.length - 1, column));
  };
  const draw = (a, b) => {
    brush.setAttribute("x", Math.min(a, b));
    brush.setAttribute("width", Math.abs(a - b) + 1);
  };

  chart.addEventListener("pointerdown", (event) => {
    if (event.button !== 0) return;
    from = at(event);
    dragged = false;
  });
  addEventListener("pointermove", (event) => {
    if (from === null) return;
    dragged ||= at(event) !== from;
    if (dragged) draw(from, at(event));
  });
  addEventListener("pointerup", (event) => {
    if (from === null) return;
    const [first, last] = [from, at(event)].sort((a, b) => a - b);
    from = null;
    if (!dragged) return;
    form.elements.since.value = columns[first].dataset.since;
    form.elements.until.value = columns[last].dataset.until;
    form.requestSubmit();
  });
  // A drag ends on a column, which is a link; a browser would else drag the link itself.
  chart.addEventListener("click", (event) => { if (dragged) event.preventDefault(); });
  chart.addEventListener("dragstart", (event) => event.preventDefault());
}
