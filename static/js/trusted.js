// The pages' policy lets no script put in HTML (Trusted Types, w3.org/TR/trusted-types) but through here: what our own
// server has rendered and cleaned, or what is only looked at, in a document in which nothing runs.
const policy = globalThis.trustedTypes?.createPolicy("broadsheet", { createHTML: (html) => html });

export const trusted = (html) => policy?.createHTML(html) ?? html;

export const parsed = (html) => new DOMParser().parseFromString(trusted(html), "text/html");
