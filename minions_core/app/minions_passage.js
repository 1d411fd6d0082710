// Shows a document, and brings the marked passage into view without moving the page.
export default function ({ data, parentElement }) {
  const root = parentElement.querySelector(".mn-root");
  root.classList.add("mn-document");
  root.tabIndex = 0;
  if (root.shown === data.html) return; // drawn anew while it is open: it stays where it was scrolled
  root.shown = data.html;
  root.innerHTML = data.html;
  const marked = root.querySelector("mark");
  if (!marked) return;
  const place = () => {
    const above = marked.getBoundingClientRect().top - root.getBoundingClientRect().top;
    root.scrollTop += above - root.clientHeight / 3;
  };
  place();
  requestAnimationFrame(place);
}
