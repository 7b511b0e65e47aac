// Trusted Types: what the page may take as markup or as a script's address comes through this policy, and from nowhere else.

interface Policy {
  createHTML(html: string): unknown;
  createScriptURL(url: string): unknown;
}

const types = (globalThis as { trustedTypes?: { createPolicy(name: string, rules: object): Policy } }).trustedTypes;
const policy = types?.createPolicy("preau", {
  createHTML: (html: string) => html,
  createScriptURL: (url: string) => url,
});

/** Markup that the server has reduced to its allow-list; nothing else may pass here. */
export function reducedHtml(html: string): string {
  return (policy?.createHTML(html) ?? html) as string;
}

/** The address of a script of the app's own. */
export function ownScript(url: string): string {
  return (policy?.createScriptURL(url) ?? url) as string;
}
