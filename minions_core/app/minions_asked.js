// Brings its place on the page into view whenever `when` changes, as long as `go` says so.
// What stands below is drawn bit by bit, so it is tried for some seconds, until a person scrolls or
// types.
const TRIES = 12;
const PAUSE = 120;
const HANDS = ["wheel", "touchstart", "pointerdown", "keydown"];

export default function ({ data, parentElement }) {
  if (parentElement.dataset.when === data.when) return;
  parentElement.dataset.when = data.when;
  if (!data.go) return;
  const place = parentElement.closest('[class*="st-key-"]') ?? parentElement;
  let tries = 0;
  const end = () => {
    clearInterval(timer);
    for (const hand of HANDS) window.removeEventListener(hand, end, true);
  };
  const timer = setInterval(() => {
    place.scrollIntoView({ block: "start" });
    tries += 1;
    if (tries >= TRIES || !place.isConnected) end();
  }, PAUSE);
  for (const hand of HANDS) window.addEventListener(hand, end, true);
}
