// What stands in a page, though none of ours has it.
() => {
  const found = [];
  const links = new Set(["http:", "https:", "mailto:", "tel:", "xmpp:", "irc:", "ircs:", "matrix:"]);
  const never = new Set(["object", "embed", "applet", "base", "frameset", "frame", "portal", "marquee", "font"]);
  const scheme = (address) => { try { return new URL(address, document.baseURI).protocol; } catch { return "http:"; } };
  const isEvil = (value) => /(^|[\s,("'])(https?:)?[\\/]{2}[^/?#]*evil\.example/i.test(value);
  const roots = [document];
  for (const frame of document.querySelectorAll("iframe")) if (frame.contentDocument) roots.push(frame.contentDocument);
  for (const root of roots) for (const element of root.querySelectorAll("*")) {
    const told = (what) => found.push(`${what} in ${element.outerHTML.slice(0, 200)}`);
    const name = element.localName;
    for (const { name: attribute, value } of element.attributes) {
      if (attribute.toLowerCase().startsWith("on")) told(`the handler ${attribute}`);
      if (["href", "xlink:href", "action", "formaction"].includes(attribute) && !links.has(scheme(value))) told("an address that runs");
      if (["src", "data", "poster", "background"].includes(attribute) && !["http:", "https:", "blob:"].includes(scheme(value))) told("a source that runs");
      if (["src", "srcset", "poster", "background", "style", "action", "formaction"].includes(attribute) && isEvil(value)) told("what is fetched");
      if (attribute === "srcdoc" && !element.closest("[data-behaviour~=editor]")) told("a document");
    }
    if (never.has(name)) told(`<${name}>`);
    if (name === "meta" && element.httpEquiv) told("a meta element");
    if (name === "link" && isEvil(element.href) && !["canonical", "alternate", "author", "me"].includes(element.rel)) told("a link element");
    if (name === "script" && element.type !== "application/ld+json" && !(element.src && new URL(element.src).origin === location.origin)) told("a script");
    if (element.closest(".prose") && !element.matches(".prose") && (element.dataset.behaviour || element.matches("form, input:not([type=checkbox]), textarea, select, style"))) told("furniture in a text");
  }
  if (document.documentElement.outerHTML.includes("x49x")) found.push("a template was reckoned");
  return found;
}
