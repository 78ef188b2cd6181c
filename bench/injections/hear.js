// Before any script of a page, in each of its frames. What shows XML is Chromium's own page, with its own style.
for (const name of ["alert", "confirm", "prompt", "print"]) window[name] = () => heard(`${name} was called`);
addEventListener("securitypolicyviolation", ({ violatedDirective, blockedURI, sample }) =>
  document.contentType === "text/html" && heard(`${violatedDirective} held back ${blockedURI} ${sample}`));
