// What the pages of a set know, whatever they are made of: what their server answers (tests/other_site/server), and how an order comes about.
import { useEffect, useRef, useState } from "react";

export const told = JSON.parse(document.getElementById("told").textContent);
export const at = (site, path) => `http://${site}.${told.domain}${path}`;

export async function ask(path, body) {
  const what = body === undefined ? {} : { method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify(body) };
  const reply = await fetch(`/-/${path}`, { cache: "no-store", ...what });
  if (!reply.ok) throw new Error(`${path}: ${reply.status}`);
  return reply.json();
}

// What the server answers; asked again for as long as `passes` says that it is still on its way.
export function useAnswer(path, passes = () => false) {
  const [answer, setAnswer] = useState(null);
  const renew = () => ask(path).then(setAnswer, () => {});
  useEffect(() => { renew(); }, [path]);
  useEffect(() => {
    if (!answer || !passes(answer)) return undefined;
    const soon = setTimeout(renew, 300);
    return () => clearTimeout(soon);
  }, [answer]);
  return [answer, renew];
}

export async function enter(mail, secret) {
  const { said } = await ask("enter", { mail, secret });
  if (said === undefined) location.assign(new URLSearchParams(location.search).get("back") || at("www", "/"));
  return said;
}

const OPENED = { place: "canton", center: "", net: "shared", own: "", segment: "", edition: "duo", memory: "2", pieces: "2", storage: "100", count: "1", term: "1", alias: "", renew: "no" };

// What is chosen, what is offered, what it comes to, and what is wrong with a field.
export function useOrder() {
  const [shelf] = useAnswer("shelf");
  const [want, setWant] = useState(OPENED);
  const [price, setPrice] = useState({});
  const turn = useRef(0);
  const placeOf = (key) => shelf.places.find((one) => one.key === key);
  const free = (place) => place.centers.find((center) => !center.empty) ?? place.centers[0];
  const chosen = shelf ? { ...want, center: want.center || free(placeOf(want.place)).key } : want;
  const query = new URLSearchParams(chosen).toString();
  useEffect(() => {
    if (!shelf) return;
    turn.current += 1;
    const mine = turn.current;
    setPrice({});
    ask(`quote?${query}`).then((answer) => { if (mine === turn.current) setPrice(answer); });
  }, [shelf, query]);
  const networked = (it) => {
    const net = placeOf(it.place).net;
    return { ...it, own: it.net === "own" ? net : "", segment: it.net === "own" && net ? shelf.segments.find((one) => !one.full).name : "" };
  };
  const set = (key) => (value) => setWant((before) => {
    const now = { ...before, [key]: String(value ?? "") };
    if (key === "place") now.center = "";
    return ["place", "net"].includes(key) ? networked(now) : now;
  });
  const wrong = Object.fromEntries(price.wrong ?? []);
  const goOn = async () => {
    const { to } = await ask(`basket?${query}&fen=${price.fen}`, {});
    if (to) location.assign(to);
  };
  return { shelf, place: shelf && placeOf(chosen.place), chosen, set, price, wrong, goOn };
}

// What is on the check page, and what orders it.
export function useBasket() {
  const [basket, setBasket] = useState(null);
  const [sent, setSent] = useState(false);
  const take = (answer) => { if (answer.to) location.replace(answer.to); else { setBasket(answer); setSent(false); } };
  useEffect(() => { ask(`basket${location.search}`).then(take); }, []);
  const place = () => { setSent(true); ask(`place${location.search}&fen=${basket.fen}`, {}).then(take); };
  const back = new URLSearchParams(location.search);
  back.delete("basket");
  return { basket, place, sent, back: `/configure?${back}` };
}
