// Shows the answer, and tells which marker or card was pressed.
export default function ({ data, parentElement, setTriggerValue }) {
  const root = parentElement.querySelector(".mn-root");
  if (root.dataset.shown !== data.html) {
    root.innerHTML = data.html;
    root.dataset.shown = data.html;
  }
  root.onclick = (press) => {
    const cited = press.target.closest("[data-cite]");
    if (cited) setTriggerValue("cite", Number(cited.dataset.cite));
  };
}
