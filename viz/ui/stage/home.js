// The home page's cards: real links, thumbnails that follow the theme, what is solved.
function element(tag, attributes = {}, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) node.setAttribute(name, value);
  node.append(...children);
  return node;
}

export default function cards({ data, parentElement, setTriggerValue }) {
  const host = parentElement.querySelector(".un-cards");
  const text = JSON.stringify(data);
  if (host.unrolled === text) return;
  host.unrolled = text;
  const probe = element("i", { class: "un-probe", "aria-hidden": "true" });
  const images = [];
  const retheme = () => {
    const rgb = getComputedStyle(probe).backgroundColor.match(/[\d.]+/g)?.map(Number) ?? [255, 255, 255];
    const mode = rgb[0] + rgb[1] + rgb[2] < 384 && rgb[3] !== 0 ? "dark" : "light";
    for (const [image, slug] of images) image.src = `${data.url}/${slug}-${mode}.svg`;
  };
  probe.addEventListener("transitionend", retheme);
  const made = data.cards.map((card) => {
    const image = element("img", { alt: "", width: 320, height: 150 });
    images.push([image, card.slug]);
    const link = element("a", { class: "un-card", href: card.slug }, image, element("b"), element("span"), element("small"));
    link.children[1].textContent = card.title;
    link.children[2].textContent = card.question;
    link.children[3].textContent = card.solved;
    link.onclick = (event) => {
      if (event.ctrlKey || event.metaKey || event.shiftKey) return;
      event.preventDefault();
      setTriggerValue("open", card.slug);
    };
    return link;
  });
  host.replaceChildren(...made, probe);
  retheme();
}
